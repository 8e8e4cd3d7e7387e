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
  /** Lent until the engine is done. */
  readonly bytes: Bytes;
  /** Whether an engine may move the memory of `bytes` to another thread; it comes back through `giveBack`. */
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
  /** The output in order, in fresh memory. */
  cipher(batch: ChunkBatch): Promise<readonly Bytes[]>;
};

/** ChaCha20-Poly1305 of one chunk, both ways; `open` throws or rejects with DecryptionError. */
export type ChunkCipher = Record<ChunkBatch["direction"], ChunkAead<Bytes | Promise<Bytes>>>;

/** An engine from a cipher of single chunks. */
export function engineOfChunks(name: PayloadEngine["name"], lanes: number, chunkCipher: ChunkCipher): PayloadEngine {
  return {
    name,
    lanes,
    cipher: async (batch) => {
      const { direction, key, first, isLast } = batch;
      const chunks = chunksOf(batch);
      const cipher = (chunk: Bytes, i: number) =>
        chunkCipher[direction](key, chunkNonce(first + i, isLast && i === chunks.length - 1), chunk);
      return Promise.all(chunks.map(cipher));
    },
  };
}

function chunksOf({ direction, bytes }: ChunkBatch): Bytes[] {
  const unit = direction === "seal" ? chunkLength : sealedChunkLength;
  const count = Math.max(1, Math.ceil(bytes.length / unit));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * unit, (i + 1) * unit));
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
