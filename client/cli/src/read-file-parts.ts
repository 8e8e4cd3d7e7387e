import { type FileHandle, open } from "node:fs/promises";

const partBytes = 2 ** 20;

/**
 * A file's bytes, read one part ahead. Each part is valid until the next one is asked for.
 * Why no stream: it takes fresh memory for each part, which costs as much as the reading.
 */
export async function* readFileParts(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  await using file = await open(path, "r");
  const buffers = [new Uint8Array(partBytes), new Uint8Array(partBytes)] as const;
  let reading = readPart(file, buffers[0]);
  try {
    for (let turn = 1; ; turn++) {
      const part = await reading;
      if (part.length === 0) return;
      reading = readPart(file, buffers[turn % 2 === 0 ? 0 : 1]);
      // Why: it is waited for only when its turn comes.
      reading.catch(() => undefined);
      yield part;
    }
  } finally {
    // Why: the file may be closed only when nothing reads it any more.
    await reading.catch(() => undefined);
  }
}

async function readPart(file: FileHandle, buffer: Uint8Array): Promise<Uint8Array> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length);
  return buffer.subarray(0, bytesRead);
}
