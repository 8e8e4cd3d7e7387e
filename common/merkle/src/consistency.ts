import { equalBytes } from "@afterkeep/bytes";
import { hashLength, nodeHash } from "./hashes.ts";
import { emptyRoot, rootOfLeaves, splitPoint } from "./root.ts";

/**
 * The proof that the tree over the first `oldSize` leaves is a prefix of the tree over all `leafHashes` (RFC 6962 §2.1.2,
 * PROOF). Empty for equal sizes. Throws RangeError unless 0 < `oldSize` ≤ the tree's size.
 */
export function proveConsistency(oldSize: number, leafHashes: readonly Uint8Array[]): Uint8Array[] {
  if (!Number.isInteger(oldSize) || oldSize < 1 || oldSize > leafHashes.length)
    throw new RangeError("no such old tree");
  return subProof(oldSize, leafHashes, true);
}

function subProof(oldSize: number, leafHashes: readonly Uint8Array[], isOldRootKnown: boolean): Uint8Array[] {
  if (oldSize === leafHashes.length) return isOldRootKnown ? [] : [rootOfLeaves(leafHashes)];
  const split = splitPoint(leafHashes.length);
  const left = leafHashes.slice(0, split);
  const right = leafHashes.slice(split);
  return oldSize <= split
    ? [...subProof(oldSize, left, isOldRootKnown), rootOfLeaves(right)]
    : [...subProof(oldSize - split, right, false), rootOfLeaves(left)];
}

/**
 * Whether `proof` shows that the tree of `oldSize` leaves with `oldRoot` is a prefix of the tree of `newSize` leaves with
 * `newRoot`. Nothing is proved about a tree that grew from nothing: false. Everything is untrusted; nothing throws. Source: RFC 9162 §2.1.4.2.
 */
export function verifyConsistency(
  oldSize: number,
  newSize: number,
  proof: readonly Uint8Array[],
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
): boolean {
  if (!areSizes(oldSize, newSize)) return false;
  if (newSize === 0) return proof.length === 0 && equalBytes(oldRoot, emptyRoot()) && equalBytes(oldRoot, newRoot);
  if (oldSize === newSize) return proof.length === 0 && equalBytes(oldRoot, newRoot);
  if (oldSize === 0) return false;
  return [oldRoot, newRoot, ...proof].every(isHash) && foldsToBoth(oldSize, newSize, proof, oldRoot, newRoot);
}

function foldsToBoth(
  oldSize: number,
  newSize: number,
  proof: readonly Uint8Array[],
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
): boolean {
  // Why: a complete old tree is itself the first node, so the prover leaves it out.
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const [seed, ...siblings] = path;
  if (seed === undefined) return false;
  let position = oldSize - 1;
  let last = newSize - 1;
  while (position % 2 === 1) [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  let oldNode = seed;
  let newNode = seed;
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldNode = nodeHash(sibling, oldNode);
      newNode = nodeHash(sibling, newNode);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      newNode = nodeHash(newNode, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 && equalBytes(oldNode, oldRoot) && equalBytes(newNode, newRoot);
}

function areSizes(oldSize: number, newSize: number): boolean {
  return Number.isSafeInteger(oldSize) && Number.isSafeInteger(newSize) && oldSize >= 0 && oldSize <= newSize;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashLength;
}

function isPowerOfTwo(size: number): boolean {
  return 2 ** Math.round(Math.log2(size)) === size;
}
