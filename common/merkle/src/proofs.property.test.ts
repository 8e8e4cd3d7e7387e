import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, encodeHex, encodeUtf8 } from "@afterkeep/bytes";
import { proveConsistency, verifyConsistency } from "./consistency.ts";
import { leafHash, nodeHash } from "./hashes.ts";
import { proveInclusion, verifyInclusion } from "./inclusion.ts";
import { RangeHasher } from "./range.ts";
import { emptyRoot, rootOfLeaves } from "./root.ts";

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(encodeUtf8(`leaf ${i}`)));
const roots = leaves.map((_, i) => rootOfLeaves(leaves.slice(0, i + 1)));
const rootOf = (size: number) => roots[size - 1] ?? emptyRoot();
const sizes = fc.integer({ min: 1, max: leaves.length });
const flip = (hash: Uint8Array) => copyBytes(hash).map((byte, i) => (i === 5 ? byte ^ 1 : byte));

describe("hashes", () => {
  it("keep leaves and nodes apart", () => {
    const [a, b] = [leafHash(encodeUtf8("a")), leafHash(encodeUtf8("b"))];
    expect(leafHash(concatBytes(a, b))).not.toEqual(nodeHash(a, b));
    // Source: RFC 6962 §2.1, the hash of an empty list.
    expect(encodeHex(emptyRoot())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(encodeHex(leafHash(new Uint8Array(0)))).toBe(
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
  });
});

describe("inclusion proofs", () => {
  it("hold for every leaf of every tree, and only at their place", () => {
    for (let size = 1; size <= 33; size++) {
      for (let index = 0; index < size; index++) {
        const proof = proveInclusion(index, leaves.slice(0, size));
        const leaf = leaves[index] ?? emptyRoot();
        expect(verifyInclusion(leaf, index, size, proof, rootOf(size))).toBe(true);
        expect(verifyInclusion(leaf, index, size, proof, flip(rootOf(size)))).toBe(false);
        expect(verifyInclusion(flip(leaf), index, size, proof, rootOf(size))).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...proof, leaf], rootOf(size))).toBe(false);
        if (size > 1) {
          expect(verifyInclusion(leaf, index === 0 ? 1 : index - 1, size, proof, rootOf(size))).toBe(false);
          expect(verifyInclusion(leaf, index, size, proof.slice(1), rootOf(size))).toBe(false);
        }
      }
    }
  });

  it("fail with any hash of the proof changed", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, index, at) => {
        const proof = proveInclusion(index % size, leaves.slice(0, size));
        if (proof.length === 0) return;
        const changed = proof.map((hash, i) => (i === at % proof.length ? flip(hash) : hash));
        expect(verifyInclusion(leaves[index % size] ?? emptyRoot(), index % size, size, changed, rootOf(size))).toBe(
          false,
        );
      }),
    );
  });

  it("answer false, never throw, for places and sizes that do not exist", () => {
    const leaf = leaves[0] ?? emptyRoot();
    for (const [index, size] of [
      [0, 0],
      [1, 1],
      [-1, 1],
      [0.5, 2],
      [Number.NaN, 2],
      [0, Number.POSITIVE_INFINITY],
    ] as const) {
      expect(verifyInclusion(leaf, index, size, [], leaf)).toBe(false);
    }
    expect(verifyInclusion(leaf.subarray(1), 0, 1, [], leaf.subarray(1))).toBe(false);
    expect(() => proveInclusion(1, leaves.slice(0, 1))).toThrow(RangeError);
  });
});

describe("consistency proofs", () => {
  it("hold between every two sizes, and show any change of the past", () => {
    for (let newSize = 1; newSize <= 33; newSize++) {
      for (let oldSize = 1; oldSize <= newSize; oldSize++) {
        const proof = proveConsistency(oldSize, leaves.slice(0, newSize));
        const [oldRoot, newRoot] = [rootOf(oldSize), rootOf(newSize)];
        expect(verifyConsistency(oldSize, newSize, proof, oldRoot, newRoot)).toBe(true);
        expect(verifyConsistency(oldSize, newSize, proof, flip(oldRoot), newRoot)).toBe(false);
        expect(verifyConsistency(oldSize, newSize, proof, oldRoot, flip(newRoot))).toBe(false);
        expect(verifyConsistency(oldSize, newSize, [...proof, oldRoot], oldRoot, newRoot)).toBe(false);
        if (oldSize < newSize) {
          expect(verifyConsistency(oldSize, newSize, proof.slice(0, -1), oldRoot, newRoot)).toBe(false);
          expect(verifyConsistency(newSize, oldSize, proof, newRoot, oldRoot)).toBe(false);
        }
      }
    }
  });

  it("cannot be made for a log whose past was rewritten", () => {
    const rewritten = leaves.map((leaf, i) => (i === 2 ? flip(leaf) : leaf));
    const proof = proveConsistency(8, rewritten.slice(0, 20));
    expect(verifyConsistency(8, 20, proof, rootOf(8), rootOfLeaves(rewritten.slice(0, 20)))).toBe(false);
  });

  it("say nothing about an empty tree", () => {
    expect(verifyConsistency(0, 5, [], emptyRoot(), rootOf(5))).toBe(false);
    expect(verifyConsistency(0, 0, [], emptyRoot(), emptyRoot())).toBe(true);
    expect(() => proveConsistency(0, leaves)).toThrow(RangeError);
    expect(() => proveConsistency(71, leaves)).toThrow(RangeError);
  });
});

describe("appending", () => {
  it("has the root of the whole tree at every size, also when stored and taken up again", () => {
    let range = new RangeHasher();
    expect(range.root()).toEqual(emptyRoot());
    leaves.forEach((leaf, i) => {
      range.append(leaf);
      expect(range.size).toBe(i + 1);
      expect(range.root()).toEqual(rootOf(i + 1));
      range = new RangeHasher(range.size, range.hashes);
    });
  });

  it("refuses a stored range that does not fit its size", () => {
    expect(() => new RangeHasher(3, leaves.slice(0, 1))).toThrow(RangeError);
    expect(() => new RangeHasher(0, leaves.slice(0, 1))).toThrow(RangeError);
  });
});
