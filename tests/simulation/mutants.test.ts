import { describe, expect, it } from "vitest";
import { mutants } from "./mutants/mutants.ts";
import { simulated } from "./simulated.ts";

describe("the simulator's checks", () => {
  it.each(mutants)(
    "find the seeded bug: $name",
    async ({ name, breaks, seed }) => {
      const report = await simulated("--seed", seed, "--vault-years", "1500", "--mutant", name);
      expect(report.violations.map(({ invariant }) => invariant)).toEqual([expect.toBeOneOf([...breaks])]);
    },
    240_000,
  );
});
