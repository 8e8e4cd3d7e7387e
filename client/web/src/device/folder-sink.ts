import type { BundleSink } from "@afterkeep/sdk";
import { streamOf } from "@afterkeep/sealing";
import { diskName } from "../words/place-on-disk.ts";

/** A new folder `name` in one that a person chose; null: they chose none, or this browser cannot. Call it in the press itself. */
export async function chooseFolderSink(name: string): Promise<BundleSink | null> {
  const picker = directoryPicker();
  if (picker === null) return null;
  try {
    const chosen = await picker({ mode: "readwrite" });
    return folderSink(await chosen.getDirectoryHandle(diskName(name), { create: true }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}

export function canSaveFolder(): boolean {
  return directoryPicker() !== null;
}

type Picker = (options: { mode: "readwrite" }) => Promise<FileSystemDirectoryHandle>;

function directoryPicker(): Picker | null {
  const candidate: unknown = Reflect.get(globalThis, "showDirectoryPicker");
  return typeof candidate === "function" ? (options) => Reflect.apply(candidate, globalThis, [options]) : null;
}

function folderSink(root: FileSystemDirectoryHandle): BundleSink {
  return {
    async writeFile(path, content) {
      const isNew = (await readFile(root, path)) === null;
      const { folder, name } = await placeOf(root, path, true);
      const file = await folder.getFileHandle(name, { create: true });
      try {
        // The browser replaces the file's content only when everything was written.
        await asStream(content).pipeTo(await file.createWritable());
      } catch (error) {
        // Why only a new one: an earlier file is still whole, and may be the last copy there is.
        if (isNew) await folder.removeEntry(name).catch(() => {});
        throw error;
      }
    },
    removeFile: (path) =>
      orNull(async () => {
        const { folder, name } = await placeOf(root, path, false);
        await folder.removeEntry(name);
      }).then(() => undefined),
    readFile: (path) => readFile(root, path),
  };
}

function readFile(root: FileSystemDirectoryHandle, path: string): Promise<File | null> {
  return orNull(async () => {
    const { folder, name } = await placeOf(root, path, false);
    return (await folder.getFileHandle(name)).getFile();
  });
}

/** Null where there is no such file. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

function asStream(content: Uint8Array | ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  if (!(content instanceof Uint8Array)) return content;
  return streamOf(
    (async function* () {
      yield new Uint8Array(content);
    })(),
  );
}

async function placeOf(root: FileSystemDirectoryHandle, path: string, create: boolean) {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let folder = root;
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
  return { folder, name };
}
