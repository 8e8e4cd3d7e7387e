import { equalBytes } from "@afterkeep/bytes";
import { hashLength, nodeHash } from "./hashes.ts";
import { rootOfLeaves, splitPoint } from "./root.ts";

/**
 * The inclusion proof of leaf `index` in the tree over `leafHashes`, from the leaf's sibling upwards (RFC 6962 §2.1.1, PATH).
 * Throws RangeError if there is no such leaf.
 */
export function proveInclusion(index: number, leafHashes: readonly Uint8Array[]): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leafHashes.length) throw new RangeError("no such leaf");
  if (leafHashes.length === 1) return [];
  const split = splitPoint(leafHashes.length);
  const left = leafHashes.slice(0, split);
  const right = leafHashes.slice(split);
  return index < split
    ? [...proveInclusion(index, left), rootOfLeaves(right)]
    : [...proveInclusion(index - split, right), rootOfLeaves(left)];
}

/**
 * Whether `proof` shows that `leafHash` is leaf `index` of the tree of `size` leaves with `root`. Everything is untrusted;
 * nothing throws. Source: RFC 9162 §2.1.3.2.
 */
export function verifyInclusion(
  leafHash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isIndexInTree(index, size) || ![leafHash, root, ...proof].every(isHash)) return false;
  let position = index;
  let last = size - 1;
  let node = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      node = nodeHash(node, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 && equalBytes(node, root);
}

function isIndexInTree(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashLength;
}
