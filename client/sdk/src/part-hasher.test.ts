import { randomBytes } from "node:crypto";
import { sha256 } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { newPartHasher } from "./part-hasher.ts";

describe("the hash of a part", () => {
  it("is SHA-256 of its bytes, however they came, and of no other part's", async () => {
    for (const cuts of [[], [1], [100, 65_536, 65_552]]) {
      const bytes = new Uint8Array(randomBytes(200_000));
      const hasher = newPartHasher();
      const ends = [...cuts, bytes.length];
      for (const [i, end] of ends.entries()) hasher.update(bytes.subarray(ends[i - 1] ?? 0, end));
      expect(await hasher.digest(bytes)).toEqual(sha256(bytes));
    }
  });
});
