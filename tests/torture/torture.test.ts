import { describe, expect, it } from "vitest";
import { faultNames } from "./faults/faults.ts";
import { torture } from "./torture.ts";

describe("the whole product while its machine fails", () => {
  // Why so long: about two minutes on a machine with nothing else to do, and many on one that is busy. A promise is late by the product's own running time.
  it(
    "is nothing early, double or lost, and everything still fires within its bound",
    { timeout: 1_800_000 },
    async () => {
      const { cycles, counts, violations } = await torture({ seed: "npm test", cycles: 10 });
      expect(violations).toEqual([]);
      expect(cycles).toBe(10);
      expect(faultNames.filter((name) => (counts[name] ?? 0) === 0)).toEqual([]);
      expect(counts["documents compared"]).toBeGreaterThanOrEqual(3 * 9);
      expect(counts["a check-in"]).toBeGreaterThan(10);
    },
  );
});
