import { type Bytes, copyBytes, expectLength } from "@afterkeep/bytes";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { DecryptionError } from "./errors.ts";

export const aeadKeyLength = 32;
export const aeadNonceLength = 12;
export const aeadTagLength = 16;

/**
 * ChaCha20-Poly1305 (RFC 8439): ciphertext ‖ 16-byte tag. Never twice with the same key and nonce. Not key-committing: use
 * `wrap` for anything that an attacker could try under several keys.
 */
export function sealAead(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Bytes {
  checkLengths(key, nonce);
  return copyBytes(chacha20poly1305(key, nonce, aad).encrypt(plaintext));
}

/** Opens what sealAead made. Throws DecryptionError if any of key, nonce, aad or ciphertext differs. */
export function openAead(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Bytes {
  checkLengths(key, nonce);
  try {
    return copyBytes(chacha20poly1305(key, nonce, aad).decrypt(ciphertext));
  } catch {
    throw new DecryptionError();
  }
}

function checkLengths(key: Uint8Array, nonce: Uint8Array): void {
  expectLength(key, aeadKeyLength, "ChaCha20-Poly1305 key");
  expectLength(nonce, aeadNonceLength, "ChaCha20-Poly1305 nonce");
}
