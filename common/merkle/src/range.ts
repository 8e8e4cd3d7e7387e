import { emptyRoot } from "./root.ts";
import { nodeHash } from "./hashes.ts";

/**
 * A compact range: appends leaf hashes one by one and knows the root, keeping O(log size) hashes. An appender can store `hashes`
 * and `size` and go on from there.
 */
export class RangeHasher {
  #hashes: Uint8Array[];
  #size: number;

  /** @param hashes roots of the complete subtrees of a stored range, largest first; as many as `size` has one bits */
  constructor(size = 0, hashes: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== countOnes(size))
      throw new RangeError("not a tree range");
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Uint8Array[] {
    return this.#hashes;
  }

  append(leafHash: Uint8Array): void {
    this.#hashes.push(leafHash);
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) this.#mergeLastTwo();
    this.#size += 1;
  }

  root(): Uint8Array {
    return this.#hashes.length === 0 ? emptyRoot() : this.#hashes.reduceRight((right, left) => nodeHash(left, right));
  }

  #mergeLastTwo(): void {
    const [left, right] = this.#hashes.splice(-2);
    if (left === undefined || right === undefined) throw new RangeError("not a tree range");
    this.#hashes.push(nodeHash(left, right));
  }
}

function countOnes(size: number): number {
  return size.toString(2).replaceAll("0", "").length;
}
