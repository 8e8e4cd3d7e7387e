import { type Bytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { nodeHash } from "./hashes.ts";

/** The root of a tree without leaves: the hash of nothing (RFC 6962 §2.1). */
export function emptyRoot(): Bytes {
  return sha256(new Uint8Array(0));
}

/** The root over leaf hashes in order (RFC 6962 §2.1, MTH). */
export function rootOfLeaves(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [first] = leafHashes;
  if (first === undefined) return emptyRoot();
  if (leafHashes.length === 1) return first;
  const split = splitPoint(leafHashes.length);
  return nodeHash(rootOfLeaves(leafHashes.slice(0, split)), rootOfLeaves(leafHashes.slice(split)));
}

/** The largest power of two smaller than `size`, which must be at least 2. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
