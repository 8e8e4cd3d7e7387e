import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, real, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { switchOf } from "../testing/a-silence.ts";
import { paceOf } from "./pace.ts";
import { WallClock } from "./wall-clock.ts";

const minuteMs = 60_000;
const start = Date.UTC(2026, 0, 1);

/** What is recorded while the machine's clock shows `offsetMs` more than it should, minute by minute. */
function follow(offsets: readonly number[]): number[] {
  const wall = new WallClock(paceOf(1));
  let recorded = start;
  return offsets.map((offsetMs, index) => {
    const monotonicMs = (index + 1) * minuteMs;
    recorded = wall.follow(recorded, { wallMs: start + monotonicMs + offsetMs, monotonicMs, elapsedMs: minuteMs });
    return recorded - start - monotonicMs;
  });
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("the wall time that people are shown", () => {
  it("follows the machine's clock, and never goes back", () => {
    expect(follow([0, 0, 60_000, 60_000])).toEqual([0, 0, 60_000, 60_000]);
    expect(follow([60_000, 0, 0])).toEqual([60_000, 0, 0]);
    expect(follow([100_000, 0])).toEqual([100_000, 100_000 - minuteMs]);
  });

  it("does not follow a leap that is over within the hour", () => {
    expect(new Set(follow([...times(59, 365 * dayMs), 0, 0]))).toEqual(new Set([0]));
  });

  it("follows a leap that stays for an hour", () => {
    const shown = follow(times(62, 3 * dayMs));
    expect(shown.slice(0, 60)).toEqual(times(60, 0));
    expect(shown.at(-1)).toBe(3 * dayMs);
  });

  it("counts the hour anew when the leap changes", () => {
    expect(new Set(follow([...times(50, 365 * dayMs), ...times(50, 3 * dayMs)]))).toEqual(new Set([0]));
  });

  it("follows what is ahead by no more than two ticks, and takes more for a leap", () => {
    const slackMs = 2 * minuteMs;
    for (const [aheadMs, isLeap] of [
      [slackMs, false],
      [slackMs + 1, true],
    ] as const) {
      const wall = new WallClock(paceOf(1));
      const shown = wall.follow(start, { wallMs: start + minuteMs + aheadMs, monotonicMs: 5, elapsedMs: minuteMs });
      expect([shown - start - minuteMs, wall.isLeaping]).toEqual([isLeap ? 0 : aheadMs, isLeap]);
      expect(wall.follow(shown, { wallMs: shown, monotonicMs: 6, elapsedMs: 1 })).toBe(shown);
      expect(wall.isLeaping).toBe(false);
    }
    const first = new WallClock(paceOf(1)).follow(start, {
      wallMs: start + slackMs + 1,
      monotonicMs: 5,
      elapsedMs: 0,
    });
    expect(first).toBe(start);
  });

  it("believes a leap that stays the same but for two ticks, and not one that goes on, on either side", () => {
    const leaps = (changeMs: number) => follow([3 * dayMs, ...times(61, 3 * dayMs + changeMs)]).slice(59, 62);
    for (const changeMs of [2 * minuteMs, -2 * minuteMs]) {
      expect(leaps(changeMs)).toEqual([0, 3 * dayMs + changeMs, 3 * dayMs + changeMs]);
      expect(leaps(changeMs + Math.sign(changeMs))).toEqual([0, 0, 3 * dayMs + changeMs + Math.sign(changeMs)]);
    }
  });

  it("asks before it believes a leap, once that is an hour old, and says how old it is", () => {
    const wall = new WallClock(paceOf(1));
    const asked: number[] = [];
    const sinceMs = 7 * minuteMs;
    const at = (afterMs: number, answer: boolean, monotonicMs = sinceMs + afterMs) =>
      wall.follow(start, { wallMs: start + 3 * dayMs + monotonicMs, monotonicMs, elapsedMs: 0 }, (leaptMs) => {
        asked.push(leaptMs);
        return answer;
      });
    expect([at(0, true), at(60 * minuteMs - 1, true)]).toEqual([start, start]);
    expect([asked, wall.isLeaping]).toEqual([[], true]);
    expect(at(60 * minuteMs, false)).toBe(start);
    expect(at(60 * minuteMs + 1, true)).toBe(start + 3 * dayMs + sinceMs + 60 * minuteMs + 1);
    expect([asked, wall.isLeaping]).toEqual([[60 * minuteMs, 60 * minuteMs + 1], false]);
  });

  it("takes the machine's word when nothing was ever said", () => {
    const reading = { wallMs: start, monotonicMs: 5, elapsedMs: 0 };
    expect(new WallClock(paceOf(1)).follow(0, reading)).toBe(start);
  });
});

describe("a clock in doubt", () => {
  it("is not brought about by a day in another century", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.clock.jumpWall(14 * 365 * dayMs);
      await test.pass(30 * minuteMs);
      test.clock.jumpWall(-14 * 365 * dayMs);
      await test.pass(30 * minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
    }, real));

  it("ends after a week of running by holding everything: no promise of the wrong time is broken, and nothing stays shut for ever", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.clock.jumpWall(14 * 365 * dayMs);
      await test.pass(2 * 60 * minuteMs);
      test.clock.jumpWall(-14 * 365 * dayMs);
      const { epoch } = await owner.handlers.info({}, { caller: "api", requestId: "test" });
      await test.pass(3 * dayMs);
      await test.restart();
      await test.pass(3.9 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("frozen");
      await test.pass(0.3 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("held");
      expect((await owner.handlers.info({}, { caller: "api", requestId: "test" })).epoch).toBe(epoch + 1);
      const receipt = await owner.checkIn();
      expect(receipt.rows[0]?.state).toBe("armed");
      expect(Math.abs(receipt.at - test.clock.nowMs())).toBeLessThan(2 * minuteMs);
    }, real));

  it("is nothing that an owner's page out of reach brings about, however long it is", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.isReachable = false;
      await test.pass(9 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "probe" });
      test.clock.jumpWall(-dayMs);
      await test.pass(60 * minuteMs);
      expect((await switchOf(owner, b)).state).toBe("frozen");
    }, real));

  it("never prolongs a hold that runs already", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const copy = await test.backUp();
      await owner.checkIn();
      await test.restoreStore(copy);
      await test.pass(3 * dayMs);
      const { left } = await switchOf(owner, b);
      test.clock.jumpWall(-365 * dayMs);
      await test.pass(8 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held" });
      expect((await switchOf(owner, b)).left).toBeLessThan(left);
    }, real));
});
