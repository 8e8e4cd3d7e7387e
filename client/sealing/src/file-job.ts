import { createSecretKey } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { DecryptionError } from "@afterkeep/crypto";
import { SourceSizeError } from "./errors.ts";
import { batchChunks, cipherChunks, type Direction, type FileRegion, planBatches } from "./node-chunks.mjs";
import { payloadWorkers } from "./payload-workers.ts";

/** Bytes from `offset` of an open file. */
export type OpenRegion = { readonly file: FileHandle; readonly offset: number; readonly length: number };

/** The chunks of one payload, from one file to another. */
export type PayloadCopy = {
  readonly direction: Direction;
  readonly key: Uint8Array;
  readonly from: OpenRegion;
  readonly to: OpenRegion;
  /** Worker threads; 0 ciphers in the calling thread. */
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of `from` done so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/**
 * Seals or opens the chunks of a payload between two files, in constant memory. Rejects with DecryptionError, SourceSizeError, the
 * system's error or the signal's reason; the output is then worth nothing.
 */
export function copyPayload(copy: PayloadCopy): Promise<void> {
  return copy.workers === 0 ? copyHere(copy) : copyInWorkers(copy);
}

async function copyInWorkers(copy: PayloadCopy): Promise<void> {
  const { signal, workers, from, to } = copy;
  const control = new SharedArrayBuffer(8);
  const stop = () => void Atomics.store(new Int32Array(control), 1, 1);
  signal?.addEventListener("abort", stop);
  let done = 0;
  const regions = { from: regionOf(from), to: regionOf(to) };
  const job = { kind: "file", direction: copy.direction, key: copy.key, control, ...regions } as const;
  const runs = payloadWorkers(workers).map((worker) =>
    worker
      .do(job, [], (answer) => {
        done += answer.done;
        if (answer.done > 0) copy.onProgress?.(done);
      })
      .catch((error: unknown) => {
        stop();
        throw error;
      }),
  );
  // Why all: the files may be closed only when no thread works on them any more.
  const ends = await Promise.allSettled(runs);
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  if (done !== from.length) throw new SourceSizeError();
}

function regionOf({ file, offset, length }: OpenRegion): FileRegion {
  return { fd: file.fd, offset, length };
}

/** The same with one thread for JavaScript and ciphers, while the system reads ahead and writes behind. */
async function copyHere(copy: PayloadCopy): Promise<void> {
  const plan = planBatches(copy);
  const key = createSecretKey(copy.key);
  const buffers = [new Uint8Array(plan.inputBatch), new Uint8Array(plan.inputBatch)];
  const read = (batch: number) =>
    readBatch(copy.from, buffers[batch % 2] ?? new Uint8Array(0), batch * plan.inputBatch);
  let reading = read(0);
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let batch = 0, done = 0; batch < plan.count; batch++) {
      const input = await reading;
      copy.signal?.throwIfAborted();
      const isLast = batch === plan.count - 1;
      if (!isLast) reading = read(batch + 1);
      const output = cipherOrFail(() =>
        cipherChunks({ key, direction: copy.direction, first: batch * batchChunks, isLast }, input),
      );
      await writing;
      writing = writeBatch(copy.to, output, batch * plan.outputBatch);
      copy.onProgress?.((done += input.length));
    }
  } finally {
    // Why awaited even after a failure: the files may be closed only when nothing works on them any more.
    await Promise.all([reading.catch(() => undefined), writing]);
  }
}

function cipherOrFail<T>(cipher: () => T): T {
  try {
    return cipher();
  } catch (error) {
    throw error instanceof Error && error.message === "not-authentic" ? new DecryptionError() : error;
  }
}

async function readBatch(from: OpenRegion, buffer: Uint8Array, at: number): Promise<Uint8Array> {
  const length = Math.min(buffer.length, from.length - at);
  for (let held = 0; held < length;) {
    const { bytesRead } = await from.file.read(buffer, held, length - held, from.offset + at + held);
    if (bytesRead === 0) throw new SourceSizeError();
    held += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function writeBatch(to: OpenRegion, parts: readonly Uint8Array[], at: number): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  let { bytesWritten } = await to.file.writev(parts, to.offset + at);
  while (bytesWritten < total) {
    const rest = Buffer.concat(parts).subarray(bytesWritten);
    bytesWritten += (await to.file.write(rest, 0, rest.length, to.offset + at + bytesWritten)).bytesWritten;
  }
}
