import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { DecryptionError } from "@afterkeep/crypto";

const nonceLength = 12;
const tagLength = 16;
const wrappedDekLength = nonceLength + 32 + tagLength;

/**
 * Encrypts a share for the store: under a data-encryption key of its own, which is wrapped under the keyholder's KEK. Both are
 * bound to B, so that a stored share opens under no other account, bequest, generation or recipient key.
 * Layout: nonce 12 ‖ wrapped DEK 32 ‖ tag 16 ‖ nonce 12 ‖ ciphertext ‖ tag 16, AES-256-GCM.
 */
export function sealShare(kek: Uint8Array, context: Uint8Array, share: Uint8Array): Uint8Array {
  const dek = randomBytes(32);
  return Buffer.concat([encrypt(kek, context, dek), encrypt(dek, context, share)]);
}

/** Opens what sealShare made. Throws DecryptionError when KEK, context or bytes differ. */
export function openShare(kek: Uint8Array, context: Uint8Array, sealed: Uint8Array): Uint8Array {
  const dek = decrypt(kek, context, sealed.subarray(0, wrappedDekLength));
  return decrypt(dek, context, sealed.subarray(wrappedDekLength));
}

function encrypt(key: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  if (sealed.length < nonceLength + tagLength) throw new DecryptionError();
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceLength)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-tagLength));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()]);
  } catch {
    throw new DecryptionError();
  }
}
