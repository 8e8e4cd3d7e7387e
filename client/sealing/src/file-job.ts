import { createSecretKey } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { SourceSizeError } from "./errors.ts";
import { cipherInto, type Direction, type FileJob, type FileRegion, planBatches, takeBatches } from "./node-chunks.mjs";
import { failureOf, payloadWorkers } from "./payload-workers.ts";

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
  const control = new SharedArrayBuffer(12);
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
  const lanes = copy.workers > 1 ? inThreads(copy, control, onDone) : [alone(copy, control, onDone)];
  // Why all: the files may be closed only when nothing works on them any more.
  const ends = await Promise.allSettled(lanes.map((lane) => lane.catch(failing)));
  copy.signal?.removeEventListener("abort", stop);
  copy.signal?.throwIfAborted();
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  if (done !== copy.from.length) throw new SourceSizeError();
}

type OnDone = (bytes: number) => void;

/** Lets the threads of a copy to come start meanwhile: that takes them 50 ms. */
export function startThreads(workers: number): void {
  if (workers > 1) payloadWorkers(workers - 1);
}

/** Other threads and the calling one, which all do the same. */
function inThreads(copy: PayloadCopy, control: SharedArrayBuffer, onDone: OnDone): Promise<void>[] {
  const { direction, key } = copy;
  const job = { direction, key, control, from: regionOf(copy.from), to: regionOf(copy.to) };
  const others = payloadWorkers(copy.workers - 1);
  const running = others.map((worker) => worker.do({ kind: "file", ...job }, [], ({ done }) => onDone(done)));
  return [...running, besideOthers(job, onDone)];
}

/**
 * Why it reads and writes itself and does not let the system do it meanwhile: that takes threads of its own, more than there are cores.
 * It comes back to other things often enough for a person who presses Ctrl-C.
 */
async function besideOthers(job: FileJob, onDone: OnDone): Promise<void> {
  let turn = 0;
  try {
    for (const bytes of takeBatches(job)) {
      onDone(bytes);
      if (++turn % batchesATurn === 0) await setImmediate();
    }
  } catch (error) {
    throw error instanceof Error ? failureOf(error) : error;
  }
}

/** Four mebibytes: a few milliseconds. */
const batchesATurn = 16;

function regionOf({ file, offset, length }: OpenRegion): FileRegion {
  return { fd: file.fd, offset, length };
}

/** Chunks that one thread has read and written at once. Why more than several threads: each costs a way to the system's threads and back. */
const batchChunks = 16;

/** One thread for all: it lets the system read ahead and write behind, and comes back to other things after each batch. */
async function alone(copy: PayloadCopy, shared: SharedArrayBuffer, onDone: OnDone): Promise<void> {
  const plan = planBatches(copy, batchChunks);
  const key = createSecretKey(copy.key);
  const control = new Int32Array(shared);
  const pairOf = (length: number) => [new Uint8Array(length), new Uint8Array(length)] as const;
  const [buffers, rooms] = [pairOf(plan.inputBatch), pairOf(plan.outputBatch)];
  const readNext = (turn: number): Taken | null => {
    const batch = Atomics.load(control, 1) === 0 ? Atomics.add(control, 0, 1) : plan.count;
    if (batch >= plan.count) return null;
    const input = readBatch(copy.from, buffers[turn % 2 === 0 ? 0 : 1], batch * plan.inputBatch);
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
      const run = { key, direction: copy.direction, first: batch * batchChunks, isLast: batch === plan.count - 1 };
      const room = rooms[turn % 2 === 0 ? 0 : 1];
      const output = cipherInto(run, input, room);
      await writing;
      writing = writeBatch(copy.to, output, batch * plan.outputBatch);
      onDone(input.length);
    }
  } catch (error) {
    throw error instanceof Error ? failureOf(error) : error;
  } finally {
    // Why awaited even after a failure: see copyPayload.
    await Promise.all([taken?.input.catch(() => undefined), writing]);
  }
}

/** A batch that this thread took, being read. */
type Taken = { readonly batch: number; readonly input: Promise<Uint8Array> };

async function readBatch(from: OpenRegion, buffer: Uint8Array, at: number): Promise<Uint8Array> {
  const length = Math.min(buffer.length, from.length - at);
  for (let held = 0; held < length;) {
    const { bytesRead } = await from.file.read(buffer, held, length - held, from.offset + at + held);
    if (bytesRead === 0) throw new SourceSizeError();
    held += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function writeBatch(to: OpenRegion, bytes: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < bytes.length;)
    written += (await to.file.write(bytes, written, bytes.length - written, to.offset + at + written)).bytesWritten;
}
