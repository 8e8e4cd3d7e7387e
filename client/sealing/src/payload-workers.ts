import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Bytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { SourceSizeError } from "./errors.ts";
import type { ChunkBatch } from "./payload-engine.ts";
import type { WorkerAnswer, WorkerJob } from "./node-chunks.mjs";

/** As many threads as help, and no more than memory is promised for. */
export const defaultWorkers = Math.min(2, availableParallelism());

type Omitted<T> = T extends unknown ? Omit<T, "id"> : never;
/** A job before the pool gives it a number. */
export type NewJob = Omitted<WorkerJob>;

type Pending = {
  readonly onAnswer: (answer: WorkerAnswer) => void;
  readonly onEnd: (error: Error | null) => void;
};

/** One worker thread and the jobs that it has not answered. It keeps the process alive only while it has any. */
class PayloadWorker {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  constructor(onGone: (worker: PayloadWorker) => void) {
    this.#worker = new Worker(new URL("payload-worker.mjs", import.meta.url), {
      name: "payload",
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.unref();
    this.#worker.on("message", (answer: WorkerAnswer) => this.#answer(answer));
    // Why both: a thread that runs out of memory ends with an error, one that is ended from outside with an exit alone.
    const gone = (error: Error) => {
      onGone(this);
      for (const pending of [...this.#pending.values()]) pending.onEnd(error);
      this.#pending.clear();
    };
    this.#worker.on("error", gone);
    this.#worker.on("exit", (code) => gone(new Error(`A sealing thread ended early (${code}).`)));
  }

  get load(): number {
    return this.#pending.size;
  }

  do(job: NewJob, transfer: readonly ArrayBuffer[], onAnswer: (answer: WorkerAnswer) => void): Promise<void> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const onEnd = (error: Error | null) => (error === null ? resolve() : reject(error));
      this.#pending.set(id, { onAnswer, onEnd });
      this.#worker.ref();
      this.#worker.postMessage({ ...job, id }, transfer);
    });
  }

  /** Ciphers one batch. */
  async cipher({ giveBack, ...batch }: ChunkBatch): Promise<Bytes> {
    let output: Bytes | undefined;
    // Why copied otherwise: the lender may have other things in the same memory.
    const bytes = giveBack === undefined ? batch.bytes.slice() : batch.bytes;
    await this.do({ kind: "batch", ...batch, bytes }, [bytes.buffer], (answer) => {
      output = answer.bytes;
      if (answer.memory !== undefined) giveBack?.(new Uint8Array(answer.memory));
    });
    if (output === undefined) throw new Error("A sealing thread gave no answer.");
    return output;
  }

  /** Ends the thread at once; what it had in work is rejected. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(answer: WorkerAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    if (answer.isEnd) {
      this.#pending.delete(answer.id);
      if (this.#pending.size === 0) this.#worker.unref();
    }
    pending.onAnswer(answer);
    if (answer.isEnd) pending.onEnd(errorOf(answer));
  }
}

function errorOf({ error }: WorkerAnswer): Error | null {
  return error === "" ? null : failureOf(new Error(error));
}

/** What an error of node-chunks.mjs means to callers. */
export function failureOf(error: Error): Error {
  if (error.message === "not-authentic") return new DecryptionError();
  return error.message === "source-size" ? new SourceSizeError() : error;
}

const workers: PayloadWorker[] = [];

/** `count` shared worker threads, made when they are first asked for. */
export function payloadWorkers(count: number): readonly PayloadWorker[] {
  while (workers.length < count) workers.push(new PayloadWorker(removeWorker));
  return workers.slice(0, count);
}

function removeWorker(gone: PayloadWorker): void {
  const at = workers.indexOf(gone);
  if (at >= 0) workers.splice(at, 1);
}

/** Ends all threads at once. What they had in work is rejected; they are made anew when they are next asked for. */
export async function endWorkers(): Promise<void> {
  await Promise.all(workers.splice(0).map((worker) => worker.end()));
}
