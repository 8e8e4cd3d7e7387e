import type { Bytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";

/**
 * Where bytes come from: a file's stream in the browser, an async generator in Node. Read once. The parts of a ReadableStream belong to
 * its reader, as those of a file do; a generator may fill the same memory again for its next part.
 */
export type ByteSource = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/**
 * The parts of a source, in order. Ends early (and lets go of the source) when the consumer stops or `signal` aborts.
 * Why not `for await` on the stream itself: Safari and Firefox had no async iteration of ReadableStream for years.
 */
export async function* readParts(
  source: ByteSource,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of "getReader" in source ? readStream(source) : source) {
    signal?.throwIfAborted();
    if (part.length > 0) yield part;
  }
  signal?.throwIfAborted();
}

async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** A stream that pulls from `parts` only when its reader asks: back-pressure reaches the source. */
export function streamOf(parts: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** All bytes of a source that is known to be small. */
export async function collectBytes(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readParts(source)) length += parts[parts.push(part) - 1]?.length ?? 0;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Exactly `length` bytes from an untrusted source. Throws DecryptionError as soon as there are more, and at its end if less. */
export async function readExactly(source: ByteSource, length: number): Promise<Bytes> {
  const all = new Uint8Array(length);
  let at = 0;
  for await (const part of readParts(source)) {
    if (at + part.length > length) throw new DecryptionError();
    all.set(part, at);
    at += part.length;
  }
  if (at !== length) throw new DecryptionError();
  return all;
}

/** A source in pieces of `length` bytes in fresh memory, the last one shorter. Holds one piece at a time. */
export async function* readPieces(
  source: ByteSource,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<Bytes, void, undefined> {
  let piece = new Uint8Array(length);
  let held = 0;
  for await (const part of readParts(source, signal)) {
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + length - held);
      piece.set(taken, held);
      held += taken.length;
      at += taken.length;
      if (held < length) continue;
      yield piece;
      piece = new Uint8Array(length);
      held = 0;
    }
  }
  if (held > 0) yield piece.subarray(0, held);
}

/** Whether the parts of a source are never written again once they were given. */
export function ownsItsParts(source: ByteSource): boolean {
  return "getReader" in source;
}
