import type { Bytes } from "@afterkeep/bytes";
import { aeadTagLength } from "@afterkeep/crypto";
import { chunkLength, sealedChunkLength } from "@afterkeep/formats";
import { type ByteSource, ownsItsParts } from "./bytes-source.ts";
import { type ChunkRun, chunkRuns } from "./chunk-runs.ts";
import { inOrder } from "./in-order.ts";
import { batchChunks, checkLastBatch, type ChunkBatch, type PayloadEngine } from "./payload-engine.ts";

export type StreamWork = {
  readonly direction: ChunkBatch["direction"];
  /** The payload key. */
  readonly key: Bytes;
  readonly engine: PayloadEngine;
  readonly signal?: AbortSignal | undefined;
  /** The source never writes again to a part that it gave; by default as its kind promises. */
  readonly isOwned?: boolean;
  /** Plaintext bytes ciphered so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/**
 * The chunks of an age payload (its nonce not included), sealed or opened batch by batch, in constant memory. What comes out of an
 * opening is authentic, but whole only when the generator ends without throwing. Throws DecryptionError.
 * Invariant: one sealing per key, because the counter starts at zero.
 */
export async function* cipherStream(source: ByteSource, work: StreamWork): AsyncGenerator<Bytes, void, undefined> {
  const { direction, key, engine, signal, isOwned = ownsItsParts(source), onProgress } = work;
  const unit = direction === "seal" ? chunkLength : sealedChunkLength;
  // Why memory goes round: a fresh mebibyte for each batch would cost as much as the cipher.
  const free: Bytes[] = [];
  const room = unit * batchChunks;
  // Why no more: memory that was taken from a source of whole parts comes back too, and nobody asks for it again.
  const giveBack = (memory: Bytes) => void (memory.length === room && free.length <= engine.lanes && free.push(memory));
  const borrow = () => free.pop() ?? new Uint8Array(room);
  const cipher = async ({ bytes, first, isLast, isOurs }: ChunkRun) => {
    const batch: ChunkBatch = { direction, key, first, isLast, bytes, ...(isOurs ? { giveBack } : {}) };
    if (isLast) checkLastBatch(batch);
    const done = plainLength(direction, bytes.length);
    return { output: await engine.cipher(batch), done };
  };
  let total = 0;
  for await (const { output, done } of inOrder(
    chunkRuns(source, { unit, isOwned, borrow, signal }),
    engine.lanes + 1,
    cipher,
  )) {
    // Why not yield*: it takes twice as long, and there are thousands.
    for (const part of output) yield part;
    onProgress?.((total += done));
  }
}

function plainLength(direction: ChunkBatch["direction"], length: number): number {
  return direction === "seal" ? length : length - aeadTagLength * Math.ceil(length / sealedChunkLength);
}
