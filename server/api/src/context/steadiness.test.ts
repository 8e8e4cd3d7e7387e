import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { createSteadiness } from "./steadiness.ts";

const minute = 60_000;
const year = 365 * 24 * 60 * minute;

describe("the wall clock's steadiness", () => {
  it("is known after an hour, and not before", () => {
    const clock = aManualClock();
    const steadiness = createSteadiness(clock);
    clock.advance(60 * minute - 1);
    expect(steadiness.isSteady()).toBe(false);
    clock.advance(1);
    expect(steadiness.isSteady()).toBe(true);
  });

  it("is lost with a jump, forward or back, for another hour", () => {
    const clock = aManualClock();
    const steadiness = createSteadiness(clock);
    clock.advance(60 * minute);
    for (const jump of [14 * year, -14 * year]) {
      clock.jumpWall(jump);
      expect(steadiness.isSteady()).toBe(false);
      clock.advance(60 * minute);
      expect(steadiness.isSteady()).toBe(true);
    }
  });

  it("is kept while the clock is only put right by seconds", () => {
    const clock = aManualClock();
    const steadiness = createSteadiness(clock);
    clock.advance(60 * minute);
    clock.jumpWall(-2_000);
    expect(steadiness.isSteady()).toBe(true);
  });
});
