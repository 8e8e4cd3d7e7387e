import type { Bytes } from "@afterkeep/bytes";
import { type ByteSource, readParts } from "./bytes-source.ts";
import { batchChunks } from "./payload-engine.ts";

/** Whole chunks of a stream, the last one perhaps shorter. */
export type ChunkRun = {
  readonly bytes: Bytes;
  /** Counter of the first chunk. */
  readonly first: number;
  readonly isLast: boolean;
  /** Whether `bytes` is memory that was borrowed for this run alone, to be given back. */
  readonly isBorrowed: boolean;
};

export type RunOptions = {
  /** Bytes of a full chunk. */
  readonly unit: number;
  /** Parts are never written again by their source: then runs may be views of them. Else they are copied into memory that goes round. */
  readonly isOwned: boolean;
  readonly borrow: () => Bytes;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Cuts a source into runs of at most a batch. Each is held back until it is known whether another follows. An empty source is one empty
 * run.
 */
export async function* chunkRuns(source: ByteSource, options: RunOptions): AsyncGenerator<ChunkRun, void, undefined> {
  let held: Omit<ChunkRun, "isLast" | "first"> | null = null;
  let first = 0;
  for await (const next of cutRuns(source, options)) {
    if (held !== null) {
      // Why counted before: when this comes back, the memory may have moved to another thread and show no length.
      const chunks = held.bytes.length / options.unit;
      yield { ...held, first, isLast: false };
      first += chunks;
    }
    held = next;
  }
  yield { bytes: held?.bytes ?? new Uint8Array(0), isBorrowed: held?.isBorrowed ?? false, first, isLast: true };
}

async function* cutRuns(
  source: ByteSource,
  { unit, isOwned, borrow, signal }: RunOptions,
): AsyncGenerator<Omit<ChunkRun, "isLast" | "first">, void, undefined> {
  const batch = unit * batchChunks;
  let room: Bytes | null = null;
  let held = 0;
  for await (const part of readParts(source, signal)) {
    for (let at = 0; at < part.length;) {
      const left = part.length - at;
      // Why only large ones: many runs of a single chunk would cost more on their way than the copy does.
      if (isOwned && held % unit === 0 && left >= unit * worthView) {
        if (room !== null && held > 0) yield { bytes: room.subarray(0, held), isBorrowed: true };
        room = null;
        held = 0;
        const length = Math.min(batch, left - (left % unit));
        yield { bytes: (part as Bytes).subarray(at, at + length), isBorrowed: false };
        at += length;
        continue;
      }
      room ??= borrow();
      const end = isOwned && held % unit !== 0 ? held + unit - (held % unit) : batch;
      const taken = part.subarray(at, at + end - held);
      room.set(taken, held);
      held += taken.length;
      at += taken.length;
      if (held < batch) continue;
      yield { bytes: room, isBorrowed: true };
      room = null;
      held = 0;
    }
  }
  if (room !== null && held > 0) yield { bytes: room.subarray(0, held), isBorrowed: true };
}

const worthView = 4;
