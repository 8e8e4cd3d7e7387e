import { describe, expect, it } from "vitest";
import { earliestOf } from "./earliest.ts";

function row(state: "armed" | "disarmed", silence: number) {
  return {
    b: "A".repeat(22),
    g: 1,
    policyHash: "A".repeat(43),
    manifestHash: "A".repeat(43),
    state,
    used: 0,
    left: 0,
    earliest: { silence, request: 0 as const },
  };
}

describe("the earliest moment anything can be released", () => {
  it("is the earliest of all bequests that run", () => {
    expect(earliestOf({ rows: [row("armed", 900), row("armed", 700), row("disarmed", 0)] })).toBe(700);
  });

  it("does not exist while nothing runs", () => {
    expect(earliestOf({ rows: [] })).toBeNull();
    expect(earliestOf({ rows: [row("disarmed", 0)] })).toBeNull();
  });
});
