import { type Bytes, concatBytes, equalBytes, expectLength, type RandomSource, randomBytes } from "@afterkeep/bytes";
import { aeadTagLength, openAead, sealAead } from "./aead.ts";
import { DecryptionError } from "./errors.ts";
import { hkdf } from "./hkdf.ts";

const saltLength = 32;
const commitLength = 32;
const zeroNonce = new Uint8Array(12);

/** How many bytes longer a wrap is than its plaintext: salt 32, commitment 32, tag 16. */
export const wrapOverhead = saltLength + commitLength + aeadTagLength;

/**
 * Encrypts `plaintext` under a key derived from `ikm`, bound to `info` and `aad` (specs/encodings.md, Wraps).
 * Byte layout: salt 32 ‖ commit 32 ‖ ChaCha20-Poly1305 ciphertext ‖ tag 16.
 *
 * Invariant: the salt is fresh, so the derived key encrypts once and a zero nonce is safe.
 * @param ikm secret of full entropy (a passphrase must be stretched before)
 */
export function wrap(
  ikm: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  random: RandomSource = randomBytes,
): Bytes {
  const salt = expectLength(random(saltLength), saltLength, "random source");
  const { key, commit } = deriveKeys(ikm, salt, info);
  return concatBytes(salt, commit, sealAead(key, zeroNonce, aad, plaintext));
}

/** Opens a wrap. Untrusted input: anything but the exact bytes, secret, info and aad throws DecryptionError. */
export function unwrap(ikm: Uint8Array, info: Uint8Array, aad: Uint8Array, wrapped: Uint8Array): Bytes {
  if (wrapped.length < wrapOverhead) throw new DecryptionError();
  const { key, commit } = deriveKeys(ikm, wrapped.subarray(0, saltLength), info);
  // Why first: ChaCha20-Poly1305 does not commit to its key; one ciphertext can be made to open under two keys, and whoever
  // learns which one opened it learns which guess was right. Source: Len, Grubbs, Ristenpart, "Partitioning Oracle Attacks".
  if (!equalBytes(commit, wrapped.subarray(saltLength, saltLength + commitLength))) throw new DecryptionError();
  return openAead(key, zeroNonce, aad, wrapped.subarray(saltLength + commitLength));
}

function deriveKeys(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array): { key: Bytes; commit: Bytes } {
  const derived = hkdf(ikm, salt, info, 64);
  return { key: derived.slice(0, 32), commit: derived.slice(32) };
}
