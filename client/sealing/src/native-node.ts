import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { type Bytes, concatBytes, copyBytes } from "@afterkeep/bytes";
import { aeadTagLength, DecryptionError } from "@afterkeep/crypto";
import type { NativeCrypto } from "./native.ts";

const algorithm = "chacha20-poly1305";
const options = { authTagLength: aeadTagLength };

/** OpenSSL through node:crypto. Chosen by the package's `imports` map, so that no browser bundle ever meets a `node:` import. */
export const nativeCrypto = (): Promise<NativeCrypto> => Promise.resolve(nodeCrypto);

const nodeCrypto: NativeCrypto = { name: "node", sealChunk, openChunk, newSha256 };

function sealChunk(key: Uint8Array, nonce: Uint8Array, chunk: Uint8Array): Bytes {
  const cipher = createCipheriv(algorithm, key, nonce, options);
  const body = cipher.update(chunk);
  cipher.final();
  return concatBytes(body, cipher.getAuthTag());
}

function openChunk(key: Uint8Array, nonce: Uint8Array, chunk: Uint8Array): Bytes {
  if (chunk.length < aeadTagLength) throw new DecryptionError();
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAuthTag(chunk.subarray(chunk.length - aeadTagLength));
  const body = decipher.update(chunk.subarray(0, chunk.length - aeadTagLength));
  try {
    decipher.final();
  } catch {
    throw new DecryptionError();
  }
  return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.length);
}

function newSha256() {
  const hash = createHash("sha256");
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => copyBytes(hash.digest()) };
}
