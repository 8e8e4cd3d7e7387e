import { describe, expect, it } from "vitest";
import { formatDuration, formatMoment, parseDuration } from "./durations.ts";

describe("a duration", () => {
  it.each([
    ["30d", 30 * 86_400_000],
    ["72h", 72 * 3_600_000],
    ["1d12h", 36 * 3_600_000],
    ["90m", 5_400_000],
    ["2w", 14 * 86_400_000],
    ["250ms", 250],
  ])("%s is %i ms", (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(["", "30", "d", "30 d", "-1d", "1y", "1d?"])("%j is not one", (text) =>
    expect(() => parseDuration(text)).toThrow("not a duration"),
  );

  it("is said in its two largest units", () => {
    expect([formatDuration(36 * 3_600_000), formatDuration(86_400_000), formatDuration(61_000)]).toEqual([
      "1 day 12 hours",
      "1 day",
      "1 minute 1 second",
    ]);
  });

  it("a moment is said in one time zone", () => {
    expect([formatMoment(0), formatMoment(null)]).toEqual(["1970-01-01 00:00 UTC", "never (nothing is armed)"]);
  });
});
