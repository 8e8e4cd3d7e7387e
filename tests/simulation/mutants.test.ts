import { describe, expect, it } from "vitest";
import { mutants } from "./mutants/mutants.ts";
import { simulated } from "./simulated.ts";

describe("the simulator's checks", () => {
  const isWhole = process.env["AFTERKEEP_SIMULATION"] === "whole";
  it.each(mutants.filter(({ isSlow = false }) => isWhole || !isSlow))(
    "find the seeded bug: $name",
    async ({ name, breaks, seed, from = 0, isTwins = false }) => {
      const lives = isTwins ? ["--vault-years", "0", "--twins"] : ["--vault-years", "1500", "--from", `${from}`];
      const report = await simulated("--worlds", "eventful", "--seed", seed, ...lives, "--mutant", name);
      expect(report.violations.map(({ invariant }) => invariant)).toEqual([expect.toBeOneOf([...breaks])]);
    },
    // Why so long: one of them lives two worlds with the product's clock zone, and a busy machine takes minutes for each.
    600_000,
  );
});
