import type { Bytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { chunkLength } from "@afterkeep/formats";
import { unpack, type WorkerAnswer, type WorkerEngine, type WorkerJob } from "./cipher-worker.ts";
import { isRight } from "./known-answer.ts";
import type { ChunkBatch, PayloadEngine } from "./payload-engine.ts";

/** A Web Worker that runs serveCipher, or whatever stands for one in a test. */
export type CipherWorkerLike = {
  postMessage(message: WorkerJob, transfer: ArrayBuffer[]): void;
  terminate(): void;
  addEventListener(type: "message" | "messageerror" | "error", listener: (event: Event) => void): void;
};
export type StartWorker = () => CipherWorkerLike;

/** Calls `act` again and again until it is called off. */
export type Every = (ms: number, act: () => void) => () => void;

const everyReally: Every = (ms, act) => {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
};

const beatMs = 5_000;
/** Beats in which nothing is heard of a worker, and nothing new asked of it, before it is ended. Why counted: a device that slept is not blamed on it. */
const mostQuiet = 6;

export type WorkerDigest = { readonly hash: Bytes; readonly memory: Bytes };
type Omitted<T> = T extends unknown ? Omit<T, "id"> : never;
type Pending = { readonly resolve: (answer: WorkerAnswer) => void; readonly reject: (error: Error) => void };

/** One worker and the jobs that it has not answered. */
class CipherWorker {
  readonly #worker: CipherWorkerLike;
  readonly #onGone: () => void;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #quiet = 0;
  #isEnded = false;

  constructor(start: StartWorker, onGone: () => void) {
    this.#onGone = onGone;
    this.#worker = start();
    this.#worker.addEventListener("message", (event) => this.#answer((event as MessageEvent<WorkerAnswer>).data));
    // A script that cannot be loaded or breaks, and an answer that cannot be read.
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.end();
    });
    this.#worker.addEventListener("messageerror", () => this.end());
  }

  get load(): number {
    return this.#pending.size;
  }

  /** Ciphers a batch. Its memory moves; where it is only lent, a copy does. */
  async cipher(engine: WorkerEngine, { giveBack, bytes, key, ...run }: ChunkBatch): Promise<readonly Bytes[]> {
    const moved = giveBack === undefined ? bytes.slice() : bytes;
    // Why a copy: a message takes along whatever else lies in the same memory.
    const batch = { ...run, key: key.slice() };
    const { parts, memory } = await this.#do({ kind: "cipher", engine, batch, bytes: moved });
    if (memory !== null) giveBack?.(memory);
    return unpack(parts);
  }

  /** SHA-256. The memory of `bytes` moves, and comes back. */
  async digest(bytes: Bytes): Promise<WorkerDigest> {
    const { parts, memory } = await this.#do({ kind: "digest", bytes });
    const [hash] = unpack(parts);
    if (hash === undefined || memory === null) throw new Error("A sealing thread gave no answer.");
    return { hash, memory };
  }

  #do(job: Omitted<WorkerJob>): Promise<WorkerAnswer> {
    const id = this.#next++;
    this.#quiet = 0;
    // Why asked: nobody would ever answer what is posted to one that was ended.
    if (this.#isEnded) return Promise.reject(endedEarly());
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ ...job, id }, [job.bytes.buffer]);
      this.#pending.set(id, { resolve, reject });
    });
  }

  /** Nothing was heard for another beat. */
  beat(): void {
    if (++this.#quiet > mostQuiet) this.end();
  }

  /** Ends the worker at once. What it had in work is rejected: its memory is gone with it. */
  end(): void {
    this.#isEnded = true;
    this.#worker.terminate();
    this.#onGone();
    for (const { reject } of this.#pending.values()) reject(endedEarly());
    this.#pending.clear();
  }

  #answer(answer: WorkerAnswer): void {
    this.#quiet = 0;
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.error === "") pending?.resolve(answer);
    else pending?.reject(answer.error === "not-authentic" ? new DecryptionError() : new Error(answer.error));
  }
}

function endedEarly(): Error {
  return new Error("A sealing thread ended early.");
}

/** Up to `count` workers that proved right, made when they are first worth it. Without any, what asks for one does the work itself. */
export class CipherPool {
  readonly #start: StartWorker;
  readonly #count: number;
  readonly #every: Every;
  readonly #living = new Set<CipherWorker>();
  readonly #right = new Set<CipherWorker>();
  #isStarting = false;
  #isGivenUp = false;
  #stopBeat: (() => void) | null = null;

  constructor(start: StartWorker, count: number, every: Every = everyReally) {
    this.#start = start;
    this.#count = count;
    this.#every = every;
  }

  get lanes(): number {
    return 2 * this.#count;
  }

  /** The one with the least to do; null while there is none. */
  get least(): CipherWorker | null {
    const [least = null] = [...this.#right].sort((a, b) => a.load - b.load);
    return least;
  }

  /**
   * Starts what is missing. Resolves when each has proved right or failed. Where one failed no more are started: the reason will not have
   * gone away.
   */
  async warm(engine: WorkerEngine): Promise<void> {
    if (this.#isStarting || this.#isGivenUp || this.#right.size === this.#count) return;
    this.#isStarting = true;
    const missing = Array.from({ length: this.#count - this.#right.size }, () => this.#startOne(engine));
    this.#isGivenUp = (await Promise.all(missing)).includes(false);
    this.#isStarting = false;
  }

  async #startOne(engine: WorkerEngine): Promise<boolean> {
    try {
      const worker: CipherWorker = new CipherWorker(this.#start, () => this.#remove(worker));
      this.#living.add(worker);
      this.#stopBeat ??= this.#every(beatMs, () => {
        for (const living of this.#living) living.beat();
      });
      const cipher = (batch: ChunkBatch) => worker.cipher(engine, batch);
      if (!(await isRight({ name: engine, lanes: 1, cipher }))) worker.end();
      else if (this.#living.has(worker)) this.#right.add(worker);
      return this.#right.has(worker);
    } catch {
      return false;
    }
  }

  #remove(worker: CipherWorker): void {
    this.#living.delete(worker);
    this.#right.delete(worker);
    if (this.#living.size > 0) return;
    this.#stopBeat?.();
    this.#stopBeat = null;
  }
}

/** From this length on a batch is worth the way to a worker and back. */
const worthATrip = 4 * chunkLength;
/** How far into a stream workers are worth their start, in chunks: small files never wait for one. */
const worthAStart = 32;

/** Ciphers in the pool's workers, and in this thread what is small, and everything until they are there. */
export function pooledEngine(local: PayloadEngine, engine: WorkerEngine, pool: CipherPool): PayloadEngine {
  return {
    name: local.name,
    lanes: pool.lanes,
    cipher: async (batch) => {
      if (batch.bytes.length < worthATrip) return local.cipher(batch);
      if (batch.first >= worthAStart) void pool.warm(engine);
      const { least } = pool;
      return least === null ? local.cipher(batch) : least.cipher(engine, batch);
    },
  };
}
