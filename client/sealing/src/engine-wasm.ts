import type { Bytes } from "@afterkeep/bytes";
import { aeadTagLength, DecryptionError } from "@afterkeep/crypto";
import { type ChunkBatch, type ChunkCipher, chunksOf, type PayloadEngine } from "./payload-engine.ts";
import { loadWasmCipher, type WasmCipher } from "./wasm-cipher.ts";

/** ChaCha20-Poly1305 in WebAssembly. Rejects where the runtime has no 128-bit lanes or no WebAssembly. */
export async function wasmEngine(): Promise<PayloadEngine> {
  const cipher = await loadWasmCipher();
  return {
    name: "wasm",
    lanes: 1,
    cipher: async (batch) => {
      // Why in place: a fresh mebibyte for the output costs half as much again as the cipher.
      const own = batch.giveBack === undefined ? { ...batch, bytes: batch.bytes.slice() } : batch;
      return own.direction === "seal" ? sealInPlace(cipher, own) : openInPlace(cipher, own);
    },
  };
}

/** Each chunk, then its tag: there is no room for tags between the chunks. */
function sealInPlace(cipher: WasmCipher, batch: ChunkBatch): Bytes[] {
  const chunks = chunksOf(batch);
  const tags = new Uint8Array(chunks.length * aeadTagLength);
  return chunks.flatMap(({ bytes, nonce }, i) => {
    const tag = tags.subarray(i * aeadTagLength, (i + 1) * aeadTagLength);
    cipher.seal(batch.key, nonce, bytes, tag);
    return [bytes, tag];
  });
}

/** Moves the chunks together where the tags lay between them. */
function openInPlace(cipher: WasmCipher, batch: ChunkBatch): Bytes[] {
  let end = 0;
  for (const { bytes, nonce } of chunksOf(batch)) {
    const length = bytes.length - aeadTagLength;
    if (length < 0) throw new DecryptionError();
    cipher.open(batch.key, nonce, bytes, batch.bytes.subarray(end, end + length));
    end += length;
  }
  return [batch.bytes.subarray(0, end)];
}

/** The same cipher, one chunk at a time in fresh memory: for judging it. */
export async function wasmChunks(): Promise<ChunkCipher> {
  const cipher = await loadWasmCipher();
  return {
    seal: (key, nonce, chunk) => {
      const sealed = new Uint8Array(chunk.length + aeadTagLength);
      sealed.set(chunk);
      cipher.seal(key, nonce, sealed.subarray(0, chunk.length), sealed.subarray(chunk.length));
      return sealed;
    },
    open: (key, nonce, sealed) => {
      const plain = new Uint8Array(Math.max(0, sealed.length - aeadTagLength));
      cipher.open(key, nonce, sealed, plain);
      return plain;
    },
  };
}
