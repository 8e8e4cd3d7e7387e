import { type Bytes, concatBytes } from "@afterkeep/bytes";
import { sha256, type Sha256, startSha256 } from "@afterkeep/crypto";

/** Bytes of every hash in a tree. */
export const hashLength = 32;

// Why: with one prefix for both, an interior node could pose as a leaf.
// Invariant: only leafHash() and startLeafHash() write 0x00, only nodeHash() writes 0x01.
// Source: RFC 6962 §2.1.
const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

/** The hash of one leaf's data. */
export function leafHash(data: Uint8Array): Bytes {
  return sha256(concatBytes(leafPrefix, data));
}

/** Begins the hash of a leaf whose data arrive in parts. */
export function startLeafHash(newSha256: () => Sha256 = startSha256): Sha256 {
  const state = newSha256();
  state.update(leafPrefix);
  return state;
}

/** The hash of an interior node over its two children's hashes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(concatBytes(nodePrefix, left, right));
}
