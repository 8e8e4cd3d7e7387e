import { type Bytes, copyBytes, MalformedError } from "@afterkeep/bytes";
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** Node and some WebCrypto refuse a longer `info`; a context that works in one place must work in all. */
export const maxInfoLength = 1024;

const maxOutputLength = 255 * 32;

/**
 * `KDF(ikm, salt, info, L)` of the specifications: HKDF-SHA-256 (RFC 5869).
 * @param length bytes of output, 1…8160
 */
export function hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Bytes {
  if (info.length > maxInfoLength) throw new MalformedError("HKDF info of at most 1024 bytes");
  if (!Number.isInteger(length) || length < 1 || length > maxOutputLength) throw new MalformedError("HKDF length");
  return copyBytes(nobleHkdf(sha256, ikm, salt, info, length));
}
