import type { KeyObject } from "node:crypto";
import type { MessagePort } from "node:worker_threads";

export type Direction = "seal" | "open";

/** A run of whole chunks of one stream under one key; only the last may be shorter. */
export type ChunkRun = {
  readonly key: KeyObject;
  readonly direction: Direction;
  /** Counter of the first chunk. */
  readonly first: number;
  /** Whether the run ends the stream. */
  readonly isLast: boolean;
};

/** Bytes from `offset` of an open file. */
export type FileRegion = { readonly fd: number; readonly offset: number; readonly length: number };

/** The chunks of a payload from one file to another. Workers share a job batch by batch. */
export type FileJob = {
  readonly direction: Direction;
  readonly key: Uint8Array;
  readonly from: FileRegion;
  readonly to: FileRegion;
  /** Int32 cells: next batch, whether to stop. */
  readonly control: SharedArrayBuffer;
};

/** One run of chunks in memory. */
export type BatchJob = {
  readonly direction: Direction;
  readonly key: Uint8Array;
  readonly first: number;
  readonly isLast: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** What a worker is asked. */
export type WorkerJob = { readonly id: number } & (
  ({ readonly kind: "file" } & FileJob) | ({ readonly kind: "batch" } & BatchJob)
);

export type WorkerAnswer = {
  readonly id: number;
  /** "" for success, "not-authentic" for a chunk that does not open, "source-size" for a file that shrank, else a message. */
  readonly error: string;
  /** Input bytes done since the last answer. */
  readonly done: number;
  /** Whether the job is over. */
  readonly isEnd: boolean;
  /** The output of a batch job. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** The memory that its input came in. */
  readonly memory?: ArrayBuffer;
};

/** Ciphers a run, chunk by chunk as they are asked for. Gives fresh parts to be written in order. Throws Error("not-authentic"). */
export declare function cipherChunks(
  run: ChunkRun,
  input: Uint8Array,
): Generator<Uint8Array<ArrayBuffer>, void, undefined>;

/** Ciphers a run into memory that has room for it; returns what was written. Throws Error("not-authentic"). */
export declare function cipherInto<T extends ArrayBufferLike>(
  run: ChunkRun,
  input: Uint8Array,
  output: Uint8Array<T>,
): Uint8Array<T>;

/** How a file job falls into batches of so many chunks: their number, and bytes of a full one on either side. */
export declare function planBatches(
  job: { readonly direction: Direction; readonly from: { readonly length: number } },
  chunks: number,
): { count: number; inputBatch: number; outputBatch: number };

/** Takes batches until there are none left or the job is stopped; gives the input bytes of each. Blocks its thread meanwhile. */
export declare function takeBatches(job: FileJob): Generator<number, void, undefined>;

/** The life of a worker: does jobs as they come, one after the other. */
export declare function serveJobs(port: MessagePort | null): void;
