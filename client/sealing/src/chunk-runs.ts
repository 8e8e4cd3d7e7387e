import type { Bytes } from "@afterkeep/bytes";
import { type ByteSource, readParts } from "./bytes-source.ts";
import { batchChunks } from "./payload-engine.ts";

/** Whole chunks of a stream, the last one perhaps shorter. */
export type ChunkRun = {
  readonly bytes: Bytes;
  /** Counter of the first chunk. */
  readonly first: number;
  readonly isLast: boolean;
  /** Whether the memory of `bytes` is this run's alone: to be moved, written over and given out. */
  readonly isOurs: boolean;
};

export type RunOptions = {
  /** Bytes of a full chunk. */
  readonly unit: number;
  /** The source is done with a part that it gave: runs may be views of it, or take its memory. Else parts are copied into memory of ours. */
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
  yield { bytes: held?.bytes ?? new Uint8Array(0), isOurs: held?.isOurs ?? false, first, isLast: true };
}

async function* cutRuns(
  source: ByteSource,
  { unit, isOwned, borrow, signal }: RunOptions,
): AsyncGenerator<Omit<ChunkRun, "isLast" | "first">, void, undefined> {
  const batch = unit * batchChunks;
  let room: Bytes | null = null;
  let held = 0;
  for await (const part of readParts(source, signal)) {
    const taken = isOwned && held === 0 ? takeWhole(part, unit) : null;
    if (taken !== null) {
      yield { bytes: taken, isOurs: true };
      continue;
    }
    for (let at = 0; at < part.length;) {
      const left = part.length - at;
      // Why only large ones: many runs of a single chunk would cost more on their way than the copy does.
      if (isOwned && held % unit === 0 && left >= unit * worthView) {
        if (room !== null && held > 0) yield { bytes: room.subarray(0, held), isOurs: true };
        room = null;
        held = 0;
        const length = Math.min(batch, left - (left % unit));
        yield { bytes: (part as Bytes).subarray(at, at + length), isOurs: false };
        at += length;
        continue;
      }
      room ??= borrow();
      const end = isOwned && held % unit !== 0 ? held + unit - (held % unit) : batch;
      const piece = part.subarray(at, at + end - held);
      room.set(piece, held);
      held += piece.length;
      at += piece.length;
      if (held < batch) continue;
      yield { bytes: room, isOurs: true };
      room = null;
      held = 0;
    }
  }
  if (room !== null && held > 0) yield { bytes: room.subarray(0, held), isOurs: true };
}

const worthView = 4;
/** Chunks of the largest part that is ciphered as one. */
const mostTaken = 4 * batchChunks;

/**
 * A part of whole chunks that has its memory for itself, moved: its source has nothing of it any more. Else null, with the part as it was.
 * Why moved: a source that did keep it after all finds it empty, never written over.
 */
function takeWhole(part: Uint8Array, unit: number): Bytes | null {
  const isWhole = part.length === part.buffer.byteLength && part.length % unit === 0;
  if (!isWhole || part.length < unit * worthView || part.length > unit * mostTaken) return null;
  try {
    return structuredClone(part as Bytes, { transfer: [part.buffer as ArrayBuffer] });
  } catch {
    // Memory that cannot be moved.
    return null;
  }
}
