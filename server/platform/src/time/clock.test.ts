import { describe, expect, it } from "vitest";
import { aManualClock } from "../testing/manual-clock.ts";
import { scaledClock } from "./clock.ts";

describe("a demo's clock", () => {
  it("equals real time at its epoch and runs its factor faster after it, also across a restart", () => {
    const real = aManualClock(1_000_000);
    const scale = { factor: 1_000, epochMs: 1_000_000 };
    const first = scaledClock(scale, real);
    expect(first.nowMs()).toBe(1_000_000);
    real.advance(60);
    expect(first.nowMs()).toBe(1_060_000);
    expect(scaledClock(scale, real).nowMs()).toBe(first.nowMs());
    expect(first.monotonicMs()).toBe(60_000);
  });
});
