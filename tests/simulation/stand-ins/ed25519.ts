import { createHash } from "node:crypto";
import {
  type Bytes,
  copyBytes,
  encodeBase64url,
  encodeUtf8,
  expectLength,
  type RandomSource,
  randomBytes,
} from "@afterkeep/bytes";

/*
 * In place of common/crypto's ed25519.ts in most simulated runs: the same functions, a thousand times cheaper. A "signature" is a hash
 * over public key and message, so everybody could forge one; nobody in the simulation tries without a key of their own. What
 * real signatures refuse is tested where they live, and with them in the rest of the runs.
 */

type SigningKey = { readonly seed: Uint8Array; readonly publicKey: Uint8Array };

export function generateSigningKey(random: RandomSource = randomBytes): SigningKey {
  return signingKeyFromSeed(random(32));
}

export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  const own = copyBytes(expectLength(seed, 32, "Ed25519 seed"));
  return { seed: own, publicKey: digest("sha256", encodeUtf8("public"), own) };
}

export function sign(message: Uint8Array, key: SigningKey): Bytes {
  return digest("sha512", key.publicKey, message);
}

export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && digest("sha512", publicKey, message).every((byte, i) => byte === signature[i]);
}

export function isSafePublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === 32;
}

export function thumbBytes(publicKey: Uint8Array): Bytes {
  const x = encodeBase64url(expectLength(publicKey, 32, "Ed25519 public key"));
  return digest("sha256", encodeUtf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`));
}

export function thumb(publicKey: Uint8Array): string {
  return encodeBase64url(thumbBytes(publicKey));
}

function digest(kind: "sha256" | "sha512", ...parts: readonly Uint8Array[]): Bytes {
  const hash = createHash(kind);
  for (const part of parts) hash.update(part);
  return copyBytes(hash.digest());
}
