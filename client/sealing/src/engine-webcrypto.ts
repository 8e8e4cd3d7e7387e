import { type Bytes } from "@afterkeep/bytes";
import { aeadTagLength, DecryptionError } from "@afterkeep/crypto";
import { type ChunkCipher, engineOfChunks, type PayloadEngine } from "./payload-engine.ts";

const algorithm = "ChaCha20-Poly1305";
const keys = new WeakMap<Uint8Array, Promise<CryptoKey>>();

/** The platform's own ChaCha20-Poly1305. Whether it is there must be tested before use. */
export const webCryptoChunks: ChunkCipher = {
  seal: async (key, nonce, chunk) =>
    new Uint8Array(await crypto.subtle.encrypt(parameters(nonce), await importKey(key), chunk as Bytes)),
  open: async (key, nonce, chunk) => {
    if (chunk.length < aeadTagLength) throw new DecryptionError();
    const imported = await importKey(key);
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(nonce), imported, chunk as Bytes));
    } catch {
      throw new DecryptionError();
    }
  },
};

/** It works on the browser's own threads, so several batches may be under way. */
export const webCryptoEngine: PayloadEngine = engineOfChunks("webcrypto", 3, webCryptoChunks);

/** Source: WICG "Modern Algorithms in the Web Cryptography API", ChaCha20-Poly1305. */
function parameters(nonce: Uint8Array): AlgorithmIdentifier & { iv: Bytes; tagLength: number } {
  return { name: algorithm, iv: nonce as Bytes, tagLength: 128 };
}

/** Why kept: all batches of a stream come with the same key object, and an import takes as long as a chunk. */
function importKey(key: Uint8Array): Promise<CryptoKey> {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const imported = crypto.subtle.importKey("raw-secret" as "raw", key as Bytes, algorithm, false, [
    "encrypt",
    "decrypt",
  ]);
  keys.set(key, imported);
  return imported;
}
