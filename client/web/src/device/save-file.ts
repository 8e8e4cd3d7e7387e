import { readParts } from "@afterkeep/sealing";
import { saveThroughWorker } from "./save-through-worker.ts";
import { findSavingWorker } from "./saving-worker.ts";

const gatherBytes = 16 * 1024 * 1024;
/**
 * From here on a download goes straight to disk, piece by verified piece. Smaller ones are gathered and verified whole before the
 * browser gets a single byte.
 */
const straightToDiskBytes = 32 * 1024 * 1024;

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

function filePicker(): Picker | null {
  const candidate: unknown = Reflect.get(globalThis, "showSaveFilePicker");
  return typeof candidate === "function" ? (options) => Reflect.apply(candidate, globalThis, [options]) : null;
}

/** Gathers a stream into a Blob piece by piece: the browser moves finished pieces to disk, so memory stays small. */
export async function gatherBlob(stream: ReadableStream<Uint8Array>, type: string): Promise<Blob> {
  const pieces: Blob[] = [];
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let pendingBytes = 0;
  const flush = (): void => {
    pieces.push(new Blob(pending));
    pending = [];
    pendingBytes = 0;
  };
  for await (const chunk of readParts(stream)) {
    pending.push(new Uint8Array(chunk));
    pendingBytes += chunk.byteLength;
    if (pendingBytes >= gatherBytes) flush();
  }
  flush();
  return new Blob(pieces, { type });
}

/** Hands a finished Blob to the browser's own download. */
function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Why late: the download begins after this task, and a revoked address would end it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function saveText(text: string, name: string): void {
  saveBlob(new Blob([text], { type: "text/plain;charset=utf-8" }), name);
}

/** Writes a stream into a chosen file. On failure the file is as it was before: what never existed does not stay behind empty. */
async function writeToHandle(handle: FileSystemFileHandle, stream: ReadableStream<Uint8Array>): Promise<void> {
  try {
    // pipeTo closes on success and aborts on failure; the browser replaces the file's content only on close.
    await stream.pipeTo(await handle.createWritable());
  } catch (error) {
    await removeIfEmpty(handle).catch(() => {});
    throw error;
  }
}

/** Why only an empty one: a file that was there before, and that the person meant to replace, is still whole. */
async function removeIfEmpty(handle: FileSystemFileHandle): Promise<void> {
  if ((await handle.getFile()).size > 0) return;
  const remove: unknown = Reflect.get(handle, "remove");
  if (typeof remove === "function") await Reflect.apply(remove, handle, []);
}

export type SaveTarget = { save(stream: ReadableStream<Uint8Array>, type: string): Promise<void> };

/**
 * Chooses where a download of `size` bytes goes. Call it in the press itself: browsers show their picker only then. A stream that
 * fails leaves nothing behind: a file is complete and verified, or it is not there.
 */
export async function chooseSaveTarget(name: string, size: number): Promise<SaveTarget> {
  const picker = size < straightToDiskBytes ? null : filePicker();
  if (picker !== null) {
    const handle = await picker({ suggestedName: name });
    return { save: (stream) => writeToHandle(handle, stream) };
  }
  if (size < straightToDiskBytes)
    return { save: async (stream, type) => saveBlob(await gatherBlob(stream, type), name) };
  return { save: (stream, type) => saveStream(stream, { name, size, type }) };
}

/**
 * Among the downloads: streamed to disk through our own worker, gathered first where there is none. A stream that fails leaves nothing that
 * looks whole. `size` in bytes, exact; null where nobody knows it yet.
 */
export async function saveStream(
  stream: ReadableStream<Uint8Array>,
  { name, size, type }: { name: string; size: number | null; type: string },
): Promise<void> {
  const worker = await findSavingWorker();
  if (worker === null) saveBlob(await gatherBlob(stream, type), name);
  else await saveThroughWorker(worker, stream, { name, size });
}
