import type { ByteSource } from "@afterkeep/sealing";

/** Bytes that are asked of a file at once. */
const roomLength = 2 ** 20;

/**
 * A file's bytes from the start. Where the browser can, all parts lie in the same memory, each until the next one is asked for.
 * Why: fresh memory for each is garbage of the whole file's size, and browsers are slow to collect what lies outside of their heap. A page
 * that seals gigabytes then holds thirty megabytes more.
 */
export function readFile(file: Blob): ByteSource {
  const stream = file.stream();
  const reader = readerInto(stream);
  return reader === null ? stream : readAgain(reader);
}

/** Null: this browser has streams of files that give memory of their own only. */
function readerInto(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

/**
 * Why held here: while Chromium waits for a slow disk, nothing of its own holds the reader of a file. If garbage is collected in that moment
 * the reader goes, and the read neither answers nor fails, ever.
 */
const reading = new Set<ReadableStreamBYOBReader>();

async function* readAgain(reader: ReadableStreamBYOBReader): AsyncGenerator<Uint8Array, void, undefined> {
  let room = new Uint8Array(roomLength);
  let isDone = false;
  reading.add(reader);
  try {
    for (;;) {
      const { done, value } = await reader.read(room);
      isDone = done;
      if (done) return;
      yield value;
      // The memory moved there and back: the old view shows nothing any more.
      room = new Uint8Array(value.buffer);
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined);
    reading.delete(reader);
  }
}
