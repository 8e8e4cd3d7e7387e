import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, real, TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { aMailServer } from "../testing/a-mail-server.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { withAttendance } from "../testing/an-attendance.ts";
import { switchOf } from "../testing/a-silence.ts";
import { wallFloorMs } from "./wall-floor.ts";

const minuteMs = 60_000;
const asClock = { caller: "clock", requestId: "test" } as const;

async function attended(test: TestKeyholder): Promise<number> {
  return (await test.keyholder.handlers.switches({ after: 0, limit: 1 }, asClock)).attendedMs;
}

async function epochOf(test: TestKeyholder): Promise<number> {
  return (await test.keyholder.handlers.info({}, asClock)).epoch;
}

/** A machine without a battery for its clock, and without a network that sets it. */
function goBackTo1970(test: TestKeyholder): () => void {
  const ms = test.clock.nowMs();
  test.clock.jumpWall(-ms);
  return () => test.clock.jumpWall(ms);
}

/** A keyholder whose very first start is in 1970. */
async function withBornIn1970(work: (test: TestKeyholder, setRight: () => void) => Promise<void>): Promise<void> {
  const test = new TestKeyholder(real, await aMailServer());
  try {
    const setRight = goBackTo1970(test);
    await test.start();
    await work(test, setRight);
  } finally {
    await test.close();
  }
}

describe("a keyholder whose wall clock shows a date that cannot be", () => {
  it("counts no time at its first start, and takes what its owners sign", () =>
    withBornIn1970(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await test.pass(2 * dayMs);
      expect(await attended(test)).toBe(0);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
      const { at, rows } = await owner.checkIn();
      expect(at).toBe(wallFloorMs);
      expect(rows).toMatchObject([{ b, state: "frozen", used: 0 }]);
    }));

  it("goes by its wall clock as soon as that is right, as at a first start", () =>
    withBornIn1970(async (test, setRight) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await test.restart();
      await test.pass(minuteMs);
      setRight();
      await test.pass(10 * minuteMs);
      expect((await owner.checkIn()).at).toBe(test.clock.nowMs());
      expect(await attended(test)).toBeGreaterThanOrEqual(8 * minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
      expect(await epochOf(test)).toBe(1);
    }));

  it("does not take its word after a week, nor after two, and goes on where it was once it is right", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const { at } = await owner.checkIn();
      const before = await attended(test);
      test.stop();
      const setRight = goBackTo1970(test);
      await test.start();
      await test.pass(8 * dayMs);
      await test.restart();
      await test.pass(8 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
      expect((await owner.checkIn()).at).toBe(at);
      expect([await attended(test), await epochOf(test)]).toEqual([before, 1]);
      setRight();
      await test.pass(10 * minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
      expect(await attended(test)).toBeGreaterThanOrEqual(before + 8 * minuteMs);
    }, real));
});

describe("the floor", () => {
  it("is the first moment that is believed, to the millisecond", () =>
    withAttendance((attendance) => {
      const { clock } = attendance;
      attendance.store.commit(() => attendance.store.run("update keyholder set recorded_wall = 0"));
      attendance.time.reload();
      clock.jumpWall(wallFloorMs - 1 - clock.nowMs());
      expect(attendance.time.isStopped()).toBe(true);
      expect(attendance.time.advance().wallMs).toBe(wallFloorMs);
      clock.jumpWall(1);
      expect(attendance.time.isStopped()).toBe(false);
      expect(attendance.time.advance().wallMs).toBe(wallFloorMs);
    }));

  it("ends the week of a clock that is behind no sooner for a time in which it showed what cannot be", () =>
    withAttendance((attendance) => {
      const { clock, time } = attendance;
      clock.jumpWall(-365 * dayMs);
      attendance.steps(3, dayMs);
      const ms = clock.nowMs();
      clock.jumpWall(-ms);
      attendance.steps(20, dayMs);
      expect([time.isStopped(), time.isDoubtOver()]).toEqual([true, false]);
      clock.jumpWall(ms);
      attendance.steps(3, dayMs);
      expect([time.isStopped(), time.isDoubtOver()]).toEqual([true, false]);
      attendance.step(dayMs);
      expect(time.isDoubtOver()).toBe(true);
      // Its week is over, and everything could not be held yet.
      clock.jumpWall(-clock.nowMs());
      expect([time.isStopped(), time.isDoubtOver()]).toEqual([true, false]);
    }));

  it("stands for what an earlier version recorded of such a date, and what is right is followed at once", () =>
    withAttendance((attendance) => {
      attendance.store.commit(() => attendance.store.run("update keyholder set recorded_wall = ?", 5 * dayMs));
      attendance.time.reload();
      expect(attendance.time.now().wallMs).toBe(wallFloorMs);
      attendance.step(minuteMs);
      expect(attendance.time.now().wallMs).toBe(attendance.clock.nowMs());
    }));
});
