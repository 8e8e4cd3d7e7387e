import { describe, expect, it } from "vitest";
import { describePace, describeTimeLeft } from "./rate-in-words.ts";

describe("the time that is left", () => {
  it.each([
    [null, ""],
    [Number.POSITIVE_INFINITY, ""],
    [2_000, "a few seconds left"],
    [42_000, "less than a minute left"],
    [61_000, "about 1 minute left"],
    [50 * 60_000, "about 50 minutes left"],
    [7.4 * 3_600_000, "about 7 hours left"],
    [50 * 3_600_000, "about 2 days left"],
  ])("of %s ms is said as people say it", (ms, words) => expect(describeTimeLeft(ms)).toBe(words));

  it("stands beside the rate, and neither is made up", () => {
    expect(describePace(4_100_000, 180_000)).toBe("4.1 MB a second · about 3 minutes left");
    expect(describePace(0, null)).toBe("");
    expect(describePace(null, 180_000)).toBe("about 3 minutes left");
  });
});
