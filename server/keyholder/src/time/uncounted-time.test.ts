import { describe, expect, it } from "vitest";
import { UncountedTime } from "./uncounted-time.ts";

function uncounted(unreachableMs: number, clockMs: number): UncountedTime {
  const time = new UncountedTime();
  time.add(unreachableMs / 2, false);
  time.add(clockMs, true);
  time.add(unreachableMs / 2, false);
  return time;
}

describe("time that did not count", () => {
  it.each([
    ["what nobody could reach", [100, 40], 120, { lengthMs: 140, reason: "unreachable" }],
    ["a clock that was behind, of which the wall sees nothing", [40, 100], 0, { lengthMs: 140, reason: "clock" }],
    ["as much of both, which is told as the way to the owner", [100, 100], 0, { lengthMs: 200, reason: "unreachable" }],
    ["a machine that was off for longer than either", [100, 40], 241, { lengthMs: 241, reason: "away" }],
    ["one that was off for as long as nobody could reach it", [100, 40], 240, { lengthMs: 240, reason: "unreachable" }],
    ["one that was off for longer than its clock was behind", [40, 100], 241, { lengthMs: 241, reason: "away" }],
    ["one that was off for as long as its clock was behind", [40, 100], 240, { lengthMs: 240, reason: "clock" }],
  ] as const)("comes from %s", (_, [unreachableMs, clockMs], gapMs, expected) => {
    expect(uncounted(unreachableMs, clockMs).since(gapMs)).toEqual(expected);
  });

  it("is forgotten once time was credited", () => {
    const time = uncounted(100, 40);
    time.forget();
    expect(time.since(0)).toEqual({ lengthMs: 0, reason: "unreachable" });
    expect(time.since(1)).toEqual({ lengthMs: 1, reason: "away" });
  });

  it("is told in whole milliseconds", () => {
    expect(uncounted(1.5, 0).since(0).lengthMs).toBe(2);
  });
});
