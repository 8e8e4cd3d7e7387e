import { describe, expect, it } from "vitest";
import { describeDelay, describeLastCall, describeSilence, silenceUntilRelease } from "./times-in-words.ts";

const day = 86_400_000;
/** Why: releases of the locale data differ in a comma after the weekday. */
const withoutCommas = (text: string | undefined) => (text ?? "").replaceAll(",", "");
const reader = { locale: "en-GB", timeZone: "UTC" };
const from = Date.UTC(2026, 10, 21, 12);
const times = { interval: 30 * day, reminders: [15 * day, 22.5 * day, 27 * day], grace: 14 * day, lastCall: 3 * day };

describe("times in plain words", () => {
  it("dates every step from the last sign of life, and ends with the earliest release", () => {
    const steps = describeSilence(times, from, reader);
    expect(steps.map((step) => step.at - from)).toEqual([15 * day, 30 * day, 44 * day, 47 * day]);
    expect(withoutCommas(steps[0]?.when)).toBe("6 Dec 2026 · 14 Dec 2026 · 18 Dec 2026");
    expect(withoutCommas(steps.at(-1)?.when)).toMatch(/^Thursday 7 January 2027/);
    expect(steps.filter((step) => step.last)).toHaveLength(1);
    expect(silenceUntilRelease(times)).toBe(47 * day);
  });

  it("says that a short last call is short", () => {
    expect(describeLastCall(12 * 3_600_000)).toContain("12 hours");
    expect(describeLastCall(12 * 3_600_000)).toContain("short");
    expect(describeLastCall(3 * day)).not.toContain("short");
  });

  it("gives a staged recipient their own date", () => {
    expect(withoutCommas(describeDelay(10 * day, from, reader))).toContain("Tuesday 1 December 2026");
    expect(withoutCommas(describeDelay(0, from, reader))).toContain("Saturday 21 November 2026");
  });
});
