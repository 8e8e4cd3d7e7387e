import type { Bytes } from "@afterkeep/bytes";
import { chunkLength, sealedChunkLength } from "@afterkeep/formats";
import { type ByteSource, readPieces } from "./bytes-source.ts";
import { inOrder } from "./in-order.ts";
import { batchChunks, checkLastBatch, type ChunkBatch, type PayloadEngine } from "./payload-engine.ts";

export type StreamWork = {
  readonly direction: ChunkBatch["direction"];
  /** The payload key. */
  readonly key: Bytes;
  readonly engine: PayloadEngine;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The chunks of an age payload (its nonce not included), sealed or opened batch by batch, in constant memory. What comes out of an
 * opening is authentic, but whole only when the generator ends without throwing. Throws DecryptionError.
 * Invariant: one sealing per key, because the counter starts at zero.
 */
export function cipherStream(
  source: ByteSource,
  { direction, key, engine, signal }: StreamWork,
): AsyncGenerator<Bytes, void, undefined> {
  const unit = direction === "seal" ? chunkLength : sealedChunkLength;
  const pieces = withLast(readPieces(source, unit * batchChunks, signal));
  return inOrder(pieces, engine.lanes + 1, async ({ bytes, isLast, index }) => {
    const batch = { direction, key, first: index * batchChunks, isLast, bytes };
    if (isLast) checkLastBatch(batch);
    return engine.cipher(batch);
  });
}

type Piece = { readonly bytes: Bytes; readonly isLast: boolean; readonly index: number };

/** Holds each piece back until it is known whether another follows. An empty source is one empty piece. */
async function* withLast(pieces: AsyncGenerator<Bytes>): AsyncGenerator<Piece, void, undefined> {
  let held: Bytes | null = null;
  let index = 0;
  for await (const bytes of pieces) {
    if (held !== null) yield { bytes: held, isLast: false, index: index++ };
    held = bytes;
  }
  yield { bytes: held ?? new Uint8Array(0), isLast: true, index };
}
