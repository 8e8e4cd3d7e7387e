import { emptyRoot, nodeHash } from "@afterkeep/merkle";

/** Reads the hash of a complete, aligned subtree of 2^level leaves. */
export type NodeAt = (level: number, index: number) => Uint8Array;

/** The root of the tree over the first `size` leaves, from O(log size) stored nodes. Source: RFC 6962 §2.1. */
export function rootAt(nodeAt: NodeAt, size: number): Uint8Array {
  return size === 0 ? emptyRoot() : rangeRoot(nodeAt, 0, size);
}

/** The inclusion proof of leaf `index` in the tree over the first `size` leaves (RFC 6962 §2.1.1). */
export function inclusionProof(nodeAt: NodeAt, index: number, size: number): Uint8Array[] {
  const path = (begin: number, end: number): Uint8Array[] => {
    if (end - begin === 1) return [];
    const middle = begin + splitPoint(end - begin);
    return index < middle
      ? [...path(begin, middle), rangeRoot(nodeAt, middle, end)]
      : [...path(middle, end), rangeRoot(nodeAt, begin, middle)];
  };
  return path(0, size);
}

/** The proof that the tree of the first `from` leaves is a prefix of that of the first `to` (RFC 6962 §2.1.2). */
export function consistencyProof(nodeAt: NodeAt, from: number, to: number): Uint8Array[] {
  const sub = (begin: number, end: number, isOldRootKnown: boolean): Uint8Array[] => {
    if (end === from) return isOldRootKnown ? [] : [rangeRoot(nodeAt, begin, end)];
    const middle = begin + splitPoint(end - begin);
    return from <= middle
      ? [...sub(begin, middle, isOldRootKnown), rangeRoot(nodeAt, middle, end)]
      : [...sub(middle, end, false), rangeRoot(nodeAt, begin, middle)];
  };
  return from === 0 ? [] : sub(0, to, true);
}

// Invariant: every range that the splits of a tree produce starts at a multiple of the power of two that covers it, so its complete
// parts are stored nodes.
function rangeRoot(nodeAt: NodeAt, begin: number, end: number): Uint8Array {
  const size = end - begin;
  const level = Math.round(Math.log2(size));
  if (2 ** level === size) return nodeAt(level, begin / size);
  const middle = begin + splitPoint(size);
  return nodeHash(rangeRoot(nodeAt, begin, middle), rangeRoot(nodeAt, middle, end));
}

function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
