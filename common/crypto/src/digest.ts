import { type Bytes, copyBytes, equalBytes } from "@afterkeep/bytes";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

/** SHA-256 over bytes that arrive in parts. `digest` may be called once. */
export type Sha256 = { update(bytes: Uint8Array): void; digest(): Bytes };

/** SHA-256, 32 bytes. */
export function sha256(bytes: Uint8Array): Bytes {
  return copyBytes(nobleSha256(bytes));
}

/** `H` of the specifications. */
export const hash = sha256;

/** Begins a SHA-256 over parts. A room with a faster one (node:crypto) passes its own of the same shape. */
export function startSha256(): Sha256 {
  const state = nobleSha256.create();
  return {
    update: (bytes) => void state.update(bytes),
    digest: () => copyBytes(state.digest()),
  };
}

/** HMAC-SHA-256, 32 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  return copyBytes(hmac(nobleSha256, key, message));
}

/** Whether `mac` is the full HMAC-SHA-256 of `message`, compared in constant time. */
export function isHmacSha256(key: Uint8Array, message: Uint8Array, mac: Uint8Array): boolean {
  return equalBytes(hmacSha256(key, message), mac);
}
