import type { Mutant } from "./mutant.ts";

/** Whose first world has the product's own clock zone, and all that can go wrong with it. */
const withClockZone = ["159", "c1268", "c1799", "c1383"];
/** Whose first world has the product's own api. */
const withApi = ["254", "263", "637"];
const ofAllKinds = ["2", "17", "84", "211"];

/**
 * The seeds to live until the bug is found: its own first, which meets it early, then others. Why others at all: each change of the product shifts what happens where, and what then breaks first may be
 * another check, which hides this one.
 */
export function seedsOf({ seed, file }: Mutant): readonly string[] {
  const spare = file.startsWith("server/clock/")
    ? withClockZone
    : file.startsWith("server/api/")
      ? withApi
      : ofAllKinds;
  return [seed, ...spare.filter((other) => other !== seed)];
}
