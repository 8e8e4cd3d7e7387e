import { describe, expect, it } from "vitest";
import { paceOf } from "./pace.ts";

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

describe("the pace", () => {
  it("is a tick a minute where time is real, two of them at most credited at once", () => {
    expect(paceOf(1)).toEqual({
      realTickMs: minuteMs,
      tickMs: minuteMs,
      capMs: 2 * minuteMs,
      slackMs: 2 * minuteMs,
      probeValidMs: 5 * minuteMs,
      gapFloorMs: 6 * hourMs,
      leapBelievedMs: hourMs,
      longestDoubtMs: 7 * dayMs,
    });
  });

  it("of a demo leaves every wait as many ticks as it needs, and no tick shorter than a tenth of a second", () => {
    const sixHours = {
      tickMs: 6 * hourMs,
      capMs: 12 * hourMs,
      slackMs: 12 * hourMs,
      probeValidMs: 30 * hourMs,
      gapFloorMs: 5 * dayMs,
    };
    expect(paceOf(216_000)).toEqual({
      ...sixHours,
      realTickMs: 100,
      leapBelievedMs: 60 * hourMs,
      longestDoubtMs: 25 * dayMs,
    });
    expect(paceOf(600)).toMatchObject({ realTickMs: 100, tickMs: minuteMs, longestDoubtMs: 7 * dayMs });
    expect(paceOf(60)).toMatchObject({ realTickMs: 1000, tickMs: minuteMs });
    expect(paceOf(1200)).toMatchObject({ realTickMs: 100, tickMs: 2 * minuteMs, probeValidMs: 10 * minuteMs });
  });
});
