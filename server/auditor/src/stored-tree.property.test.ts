import { proveConsistency, proveInclusion, rootOfLeaves } from "@afterkeep/merkle";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLogStore } from "./log-store.ts";
import { consistencyProof, inclusionProof, rootAt } from "./stored-tree.ts";

const largest = 70;

function aStore() {
  const store = openLogStore(":memory:");
  store.append(Array.from({ length: largest }, (_, leafId) => ({ leafId, data: Buffer.from(`leaf ${leafId}`) })));
  const hashes = Array.from({ length: largest }, (_, place) => store.nodeAt(0, place));
  return { store, hashes };
}

describe("the stored tree", () => {
  const { store, hashes } = aStore();

  it("has the roots of RFC 6962 at every size", () => {
    for (let size = 0; size <= largest; size++)
      expect(Buffer.from(rootAt(store.nodeAt, size))).toEqual(Buffer.from(rootOfLeaves(hashes.slice(0, size))));
  });

  it("proves inclusion and consistency as the plain algorithm over all leaves does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largest }), fc.nat(), (size, any) => {
        const part = hashes.slice(0, size);
        const index = any % size;
        const old = 1 + (any % size);
        expect(inclusionProof(store.nodeAt, index, size).map(hex)).toEqual(proveInclusion(index, part).map(hex));
        expect(consistencyProof(store.nodeAt, old, size).map(hex)).toEqual(proveConsistency(old, part).map(hex));
      }),
    );
  });

  it("appends nothing of a batch that it cannot take whole", () => {
    const taken = { leafId: 3, data: Buffer.from("again") };
    expect(() => store.append([{ leafId: 1000, data: Buffer.from("new") }, taken])).toThrow();
    expect(store.size()).toBe(largest);
  });

  it("builds upon nothing that was rolled back, and upon what other batches left", () => {
    const own = openLogStore(":memory:");
    const one = (leafId: number) => ({ leafId, data: Buffer.from(`leaf ${leafId}`) });
    own.append([one(0)]);
    own.append([one(1), one(2)]);
    const lost = [3, 4].map((leafId) => ({ leafId, data: Buffer.from("lost") }));
    expect(() => own.append([...lost, one(0)])).toThrow();
    for (let leafId = 3; leafId < largest; leafId += 3)
      own.append([one(leafId), one(leafId + 1), one(leafId + 2)].slice(0, largest - leafId));
    expect(hex(rootAt(own.nodeAt, largest))).toBe(hex(rootOfLeaves(hashes)));
  });

  it("reads leaves and nodes in a row, and none that it has not", () => {
    expect(store.leavesFrom(3, 2).map(String)).toEqual(
      ["leaf 3", "leaf 4"].map((text) => String(new Uint8Array(Buffer.from(text)))),
    );
    expect(store.nodesFrom(1, 3, 2)).toEqual([store.nodeAt(1, 3), store.nodeAt(1, 4)]);
    expect(() => store.leavesFrom(largest - 1, 2)).toThrow(RangeError);
    expect(() => store.nodesFrom(1, largest / 2 - 1, 2)).toThrow(RangeError);
  });

  it("never keeps a smaller head after a larger one", () => {
    const own = openLogStore(":memory:");
    own.saveHead({ size: 2, root: new Uint8Array(32), checkpoint: "b" });
    expect(() => own.saveHead({ size: 1, root: new Uint8Array(32), checkpoint: "a" })).toThrow(/smaller head/);
    expect(own.head()?.size).toBe(2);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
