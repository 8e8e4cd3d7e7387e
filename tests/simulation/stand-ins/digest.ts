import { createHash, createHmac } from "node:crypto";
import { type Bytes, copyBytes, equalBytes } from "@afterkeep/bytes";

/* In place of common/crypto's digest.ts in most simulated runs: the same hashes, by the platform's own faster code. */

export function sha256(bytes: Uint8Array): Bytes {
  return copyBytes(createHash("sha256").update(bytes).digest());
}

export const hash = sha256;

export function startSha256() {
  const state = createHash("sha256");
  return { update: (bytes: Uint8Array) => void state.update(bytes), digest: () => copyBytes(state.digest()) };
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  return copyBytes(createHmac("sha256", key).update(message).digest());
}

export function isHmacSha256(key: Uint8Array, message: Uint8Array, mac: Uint8Array): boolean {
  return equalBytes(hmacSha256(key, message), mac);
}
