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
      const { folder, name } = await placeOf(root, path);
      const file = await folder.getFileHandle(name, { create: true });
      try {
        // The browser replaces the file's content only when everything was written.
        await asStream(content).pipeTo(await file.createWritable());
      } catch (error) {
        await folder.removeEntry(name).catch(() => {});
        throw error;
      }
    },
    async removeFile(path) {
      const { folder, name } = await placeOf(root, path);
      await folder.removeEntry(name).catch((error: unknown) => {
        if (!(error instanceof DOMException) || error.name !== "NotFoundError") throw error;
      });
    },
  };
}

function asStream(content: Uint8Array | ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  if (!(content instanceof Uint8Array)) return content;
  return streamOf(
    (async function* () {
      yield new Uint8Array(content);
    })(),
  );
}

async function placeOf(root: FileSystemDirectoryHandle, path: string) {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let folder = root;
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
  return { folder, name };
}
