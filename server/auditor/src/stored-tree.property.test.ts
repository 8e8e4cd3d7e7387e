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
