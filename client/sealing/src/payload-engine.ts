import type { Bytes } from "@afterkeep/bytes";
import { aeadTagLength, DecryptionError } from "@afterkeep/crypto";
import { type ChunkAead, chunkLength, chunkNonce, sealedChunkLength } from "@afterkeep/formats";

/** Chunks that are ciphered at once: a mebibyte. */
export const batchChunks = 16;

/** A run of whole chunks of one stream under one key; only the stream's last may be shorter. */
export type ChunkBatch = {
  readonly direction: "seal" | "open";
  readonly key: Bytes;
  /** Counter of the first chunk. */
  readonly first: number;
  /** Whether the run ends the stream. */
  readonly isLast: boolean;
  /** Lent until all of the output was taken. */
  readonly bytes: Bytes;
  /**
   * There where the memory of `bytes` holds nothing else and nobody looks at it again: the engine may move it to another thread, write over it
   * and give it out as its output. What it does not give out it hands back here when it is done.
   */
  readonly giveBack?: (memory: Bytes) => void;
};

/**
 * What ciphers the chunks of age payloads. All give the same bytes; only the speed differs. Every chunk of an opened batch was
 * authenticated. Rejects with DecryptionError.
 */
export type PayloadEngine = {
  readonly name: "node" | "workers" | "webcrypto" | "wasm" | "javascript";
  /** Batches worth having in work at once. */
  readonly lanes: number;
  /** The output in order, in memory that nobody else has; perhaps ciphered only when it is taken: then taking it throws DecryptionError. */
  cipher(batch: ChunkBatch): Promise<Iterable<Bytes>>;
};

/** ChaCha20-Poly1305 of one chunk, both ways; `open` throws or rejects with DecryptionError. */
export type ChunkCipher = Record<ChunkBatch["direction"], ChunkAead<Bytes | Promise<Bytes>>>;

/** An engine from a cipher of single chunks. */
export function engineOfChunks(name: PayloadEngine["name"], lanes: number, chunkCipher: ChunkCipher): PayloadEngine {
  return {
    name,
    lanes,
    cipher: async (batch) => {
      const cipher = chunkCipher[batch.direction];
      const output = await Promise.all(chunksOf(batch).map(({ bytes, nonce }) => cipher(batch.key, nonce, bytes)));
      batch.giveBack?.(new Uint8Array(batch.bytes.buffer));
      return output;
    },
  };
}

/** A batch's chunks where they lie, each with its nonce. */
export function chunksOf({ direction, first, isLast, bytes }: ChunkBatch): { bytes: Bytes; nonce: Bytes }[] {
  const unit = direction === "seal" ? chunkLength : sealedChunkLength;
  const count = Math.max(1, Math.ceil(bytes.length / unit));
  return Array.from({ length: count }, (_, i) => ({
    bytes: bytes.subarray(i * unit, (i + 1) * unit),
    nonce: chunkNonce(first + i, isLast && i === count - 1),
  }));
}

/**
 * Throws DecryptionError where the last batch of an untrusted stream cannot be one: without a tag at its end, or with an empty chunk
 * behind others, which no encryptor writes.
 */
export function checkLastBatch({ direction, first, bytes }: ChunkBatch): void {
  if (direction === "seal") return;
  const tail = bytes.length % sealedChunkLength;
  const isEmptyStream = first === 0 && bytes.length === aeadTagLength;
  if (bytes.length === 0 || (tail > 0 && tail <= aeadTagLength && !isEmptyStream)) throw new DecryptionError();
}
