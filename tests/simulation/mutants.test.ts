import { describe, expect, it } from "vitest";
import type { Mutant } from "./mutants/mutant.ts";
import { mutants } from "./mutants/mutants.ts";
import { seedsOf } from "./mutants/seeds-of.ts";
import { simulated } from "./simulated.ts";

describe("the simulator's checks", () => {
  const isWhole = process.env["AFTERKEEP_SIMULATION"] === "whole";
  it.each(mutants.filter(({ isSlow = false }) => isWhole || !isSlow))(
    "find the seeded bug: $name",
    async (mutant) => {
      const found: (readonly string[])[] = [];
      for (const seed of seedsOf(mutant)) {
        found.push(await brokenBy(mutant, seed));
        if (mutant.breaks.includes(found.at(-1)?.[0] ?? "")) break;
      }
      expect(found.at(-1), `lived ${found.length} seeds: ${found.join(", ")}`).toEqual([
        expect.toBeOneOf([...mutant.breaks]),
      ]);
    },
    // Why so long: one of them lives two worlds with the product's clock zone, and a busy machine takes minutes for each.
    1_200_000,
  );
});

/** Which checks found something; a life ends with the first. */
async function brokenBy({ name, from = 0, isTwins }: Mutant, seed: string): Promise<readonly string[]> {
  const lives = isTwins ? ["--vault-years", "0", "--twins"] : ["--vault-years", "1500", "--from", `${from}`];
  const report = await simulated("--worlds", "eventful", "--seed", seed, ...lives, "--mutant", name);
  return report.violations.map(({ invariant }) => invariant);
}
