import { createSecretKey } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { DecryptionError } from "@afterkeep/crypto";
import { SourceSizeError } from "./errors.ts";
import { batchChunks, cipherChunks, type Direction, type FileRegion, frugal, planBatches } from "./node-chunks.mjs";
import { payloadWorkers } from "./payload-workers.ts";

/** Bytes from `offset` of an open file. */
export type OpenRegion = { readonly file: FileHandle; readonly offset: number; readonly length: number };

/** The chunks of one payload, from one file to another. */
export type PayloadCopy = {
  readonly direction: Direction;
  readonly key: Uint8Array;
  readonly from: OpenRegion;
  readonly to: OpenRegion;
  /** Threads at work, the calling one among them; 0 and 1 are the same. */
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of `from` done so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/**
 * Seals or opens the chunks of a payload between two files, in constant memory. Rejects with DecryptionError, SourceSizeError, the
 * system's error or the signal's reason; the output is then worth nothing.
 */
export async function copyPayload(copy: PayloadCopy): Promise<void> {
  const control = new SharedArrayBuffer(8);
  const stop = () => void Atomics.store(new Int32Array(control), 1, 1);
  copy.signal?.addEventListener("abort", stop);
  let done = 0;
  const onDone = (bytes: number) => {
    done += bytes;
    if (bytes > 0) copy.onProgress?.(done);
  };
  const failing = (error: unknown) => {
    stop();
    throw error;
  };
  const others = Math.max(0, copy.workers - 1);
  const lanes = [...workInThreads(copy, others, control, onDone), workHere(copy, control, onDone)];
  // Why all: the files may be closed only when nothing works on them any more.
  const ends = await Promise.allSettled(lanes.map((lane) => lane.catch(failing)));
  copy.signal?.removeEventListener("abort", stop);
  copy.signal?.throwIfAborted();
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  if (done !== copy.from.length) throw new SourceSizeError();
}

type OnDone = (bytes: number) => void;

function workInThreads(copy: PayloadCopy, count: number, control: SharedArrayBuffer, onDone: OnDone): Promise<void>[] {
  if (count === 0) return [];
  const { direction, key } = copy;
  const job = { kind: "file", direction, key, control, from: regionOf(copy.from), to: regionOf(copy.to) } as const;
  return payloadWorkers(count).map((worker) => worker.do(job, [], ({ done }) => onDone(done)));
}

function regionOf({ file, offset, length }: OpenRegion): FileRegion {
  return { fd: file.fd, offset, length };
}

/**
 * The calling thread's part: it takes batches like the others, but lets the system read ahead and write behind, and comes back to
 * other things after each.
 */
async function workHere(copy: PayloadCopy, shared: SharedArrayBuffer, onDone: OnDone): Promise<void> {
  const plan = planBatches(copy);
  const key = createSecretKey(copy.key);
  const control = new Int32Array(shared);
  const buffers = [new Uint8Array(plan.inputBatch), new Uint8Array(plan.inputBatch)];
  const readNext = (turn: number): Taken | null => {
    const batch = Atomics.load(control, 1) === 0 ? Atomics.add(control, 0, 1) : plan.count;
    const buffer = buffers[turn % 2];
    if (batch >= plan.count || buffer === undefined) return null;
    const input = readBatch(copy.from, buffer, batch * plan.inputBatch);
    // Why: it is waited for only when its turn comes.
    input.catch(() => undefined);
    return { batch, input };
  };
  let taken = readNext(0);
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let turn = 1; taken !== null; turn++) {
      const { batch } = taken;
      const input = await taken.input;
      taken = readNext(turn);
      const place = { first: batch * batchChunks, isLast: batch === plan.count - 1 };
      const run = { key, direction: copy.direction, ...place, collectEvery: frugal };
      const output = cipherOrFail(() => cipherChunks(run, input));
      await writing;
      writing = writeBatch(copy.to, output, batch * plan.outputBatch);
      onDone(input.length);
    }
  } finally {
    // Why awaited even after a failure: see copyPayload.
    await Promise.all([taken?.input.catch(() => undefined), writing]);
  }
}

/** A batch that this thread took, being read. */
type Taken = { readonly batch: number; readonly input: Promise<Uint8Array> };

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
