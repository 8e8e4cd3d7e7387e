import { dayMs } from "@afterkeep/switch";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Attendance, withAttendance } from "../testing/an-attendance.ts";
import { withKeyholder } from "../testing/a-keyholder.ts";
import { inStore } from "../testing/in-store.ts";
import { type AttendedWeek, noWeek, passWeek, readWeek, shortPercent } from "./attended-week.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const wellWeek: AttendedWeek = { ...noWeek, days: Array.from({ length: 7 }, () => dayMs) };

/** As another process left it, just now. */
function put(attendance: Attendance, week: AttendedWeek, untilMs = attendance.clock.nowMs()): void {
  const text = JSON.stringify({ ...week, counted: { ...week.counted, untilMs } });
  attendance.store.run("update keyholder set week = ?", text);
  attendance.restart();
}

const noError = (error: unknown) => {
  throw error;
};

describe("the share of a week that was attended", () => {
  it("is told where it is less than nine tenths, of the last seven whole days alone", () => {
    const week = (days: number, attendedMs: number) =>
      Array.from({ length: days }).reduce<typeof noWeek>((before) => passWeek(before, dayMs, attendedMs), noWeek);
    expect(shortPercent(week(6, 0))).toBe(null);
    expect(shortPercent(week(7, 0))).toBe(0);
    expect(shortPercent(week(7, 0.9 * dayMs))).toBe(null);
    expect(shortPercent(week(7, 0.9 * dayMs - 1))).toBe(89);
    const better = passWeek(week(7, 0), 7 * dayMs, 7 * dayMs);
    expect(shortPercent(better)).toBe(null);
    expect(better.days).toHaveLength(7);
    expect(shortPercent(passWeek(better, dayMs - 1, 0))).toBe(null);
    expect(shortPercent(passWeek(better, dayMs, 0))).toBe(85);
  });

  it("is the same whether time passes in one step or in many", () => {
    const step = fc.record({ ms: fc.integer({ min: 0, max: 20 * dayMs }), isAttended: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.integer({ min: 1, max: 5 }), (steps, parts) => {
        const whole = steps.reduce((week, { ms, isAttended }) => passWeek(week, ms, isAttended ? ms : 0), noWeek);
        const inParts = steps.reduce((week, { ms, isAttended }) => {
          const part = Math.floor(ms / parts);
          const all = [...Array.from({ length: parts - 1 }, () => part), ms - part * (parts - 1)];
          return all.reduce((before, one) => passWeek(before, one, isAttended ? one : 0), week);
        }, noWeek);
        expect(inParts).toEqual(whole);
        expect(whole.days.every((ms) => ms >= 0 && ms <= dayMs)).toBe(true);
        expect(readWeek(JSON.stringify(whole), noError)).toEqual(whole);
      }),
    );
  });

  it("is told once when it falls, and once when it is well again, also by another process", () =>
    withAttendance((attendance) => {
      put(attendance, wellWeek);
      attendance.isProbed = false;
      attendance.steps(20, hourMs);
      attendance.isProbed = true;
      attendance.steps(5 * 60, minuteMs);
      expect(attendance.shortWeeks).toEqual([88]);
      attendance.restart();
      attendance.steps(10, minuteMs);
      expect(attendance.time.shortPercent()).toBe(88);
      expect(attendance.shortWeeks).toEqual([88]);
      put(attendance, {
        ...noWeek,
        days: [0, ...wellWeek.days.slice(1)],
        passedMs: 23 * hourMs,
        attendedMs: 23 * hourMs,
      });
      attendance.steps(70, minuteMs);
      expect(attendance.shortWeeks).toEqual([88, null]);
      expect(attendance.time.shortPercent()).toBe(null);
    }));

  it("is not told of days before there was a keyholder", () =>
    withAttendance((attendance) => {
      attendance.isProbed = false;
      attendance.steps(6 * 24, hourMs);
      expect(attendance.time.shortPercent()).toBe(null);
      attendance.steps(24, hourMs);
      expect(attendance.shortWeeks).toEqual([0]);
    }));

  it("counts a machine that was off, once its wall clock is believed", () =>
    withAttendance((attendance) => {
      put(attendance, wellWeek);
      attendance.clock.jumpWall(2 * dayMs);
      attendance.restart();
      attendance.steps(50, minuteMs);
      expect(attendance.shortWeeks).toEqual([]);
      attendance.steps(20, minuteMs);
      expect(attendance.shortWeeks).toEqual([72]);
    }));

  it.each([
    ["sleeps", 40, 10],
    ["is off", 40, 10],
    ["is off", 50, 50],
    ["is off", 55, 180],
    ["is off", 70, 10],
    ["is off", 10, 50],
    ["sleeps", 9, 0.5],
  ])("is right of a machine that %s again and again: %d minutes up, %d not", (how, up, away) =>
    withAttendance((attendance) => {
      const attendedMs = attendance.time.now().attendedMs;
      let passedMs = 0;
      while (passedMs < 10 * dayMs) {
        attendance.steps(up, minuteMs);
        attendance.clock.jumpWall(away * minuteMs);
        if (how === "is off") {
          attendance.restart();
          attendance.step(0);
        }
        passedMs += (up + away) * minuteMs;
      }
      const truth = (100 * (attendance.time.now().attendedMs - attendedMs)) / passedMs;
      const isShort = truth < 90;
      expect(attendance.shortWeeks).toHaveLength(isShort ? 1 : 0);
      const percent = attendance.time.shortPercent();
      if (isShort) expect(Math.abs(Number(percent) - truth)).toBeLessThan(3);
      else expect(percent).toBe(null);
    }),
  );

  it("takes nothing for passed that a clock says in many short runs and takes back each time", () =>
    withAttendance((attendance) => {
      put(attendance, wellWeek);
      for (let run = 0; run < 20; run++) {
        attendance.restart();
        attendance.clock.jumpWall(3650 * dayMs);
        attendance.steps(10, minuteMs);
        attendance.clock.jumpWall(-3650 * dayMs);
        attendance.steps(70, minuteMs);
      }
      expect(attendance.shortWeeks).toEqual([]);
    }));

  it("counts a leap that an outside clock contradicts for nothing, however long it stays", () =>
    withAttendance((attendance) => {
      attendance.verdict = "differs";
      put(attendance, wellWeek);
      attendance.clock.jumpWall(3650 * dayMs);
      attendance.steps(3 * 60, minuteMs);
      expect(attendance.shortWeeks).toEqual([]);
      attendance.verdict = "agrees";
      attendance.step(minuteMs);
      expect(attendance.shortWeeks).toEqual([0]);
    }));

  it("does not count twice what it counted while a clock was behind, nor stay in a year in which a count began", () =>
    withAttendance((attendance) => {
      put(attendance, wellWeek);
      attendance.clock.jumpWall(-30 * dayMs);
      attendance.steps(20, hourMs);
      attendance.clock.jumpWall(30 * dayMs);
      attendance.steps(28 * 60, minuteMs);
      expect(attendance.shortWeeks).toEqual([88]);
      put(attendance, wellWeek, attendance.clock.nowMs() + 3650 * dayMs);
      attendance.step(minuteMs);
      attendance.restart();
      attendance.clock.jumpWall(2 * dayMs);
      attendance.steps(70, minuteMs);
      expect(attendance.time.shortPercent()).toBe(72);
    }));

  it.each([
    "{",
    "[]",
    JSON.stringify({ ...wellWeek, passedMs: -1 }),
    JSON.stringify({ ...wellWeek, days: [2 * dayMs] }),
  ])("keeps no keyholder from starting where it cannot be read, and is begun anew: %s", (text) =>
    withAttendance((attendance) => {
      attendance.store.run("update keyholder set week = ?", text);
      attendance.restart();
      attendance.steps(10, minuteMs);
      expect(attendance.errors).toHaveLength(1);
      attendance.restart();
      attendance.time.reload();
      expect(attendance.errors).toHaveLength(1);
    }),
  );

  it("is told to the log where it cannot be read, by a keyholder that starts", () =>
    withKeyholder(async (test) => {
      test.stop();
      inStore(test, (database) => database.exec("update keyholder set week = '{'"));
      await test.start();
      expect(test.errors.splice(0)).toEqual([expect.any(SyntaxError)]);
      expect((await test.keyholder.handlers.outages({}, asApi)).attendedPercent).toBe(null);
    }));

  it("is told to be over where it is begun anew", () =>
    withAttendance((attendance) => {
      const days = wellWeek.days.map(() => 0);
      put(attendance, { ...wellWeek, days });
      attendance.time.forgetWeek();
      attendance.time.forgetWeek();
      expect(attendance.shortWeeks).toEqual([null]);
    }));

  it("counts a clock that is behind, though it shows no time of that", () =>
    withAttendance((attendance) => {
      put(attendance, wellWeek);
      attendance.clock.jumpWall(-30 * dayMs);
      attendance.steps(26, hourMs);
      expect(attendance.time.shortPercent()).toBe(85);
    }));

  it("takes a leap that is not believed for nothing, and time of the operators' freeze for attended", () =>
    withAttendance((attendance) => {
      const days = wellWeek.days.map((ms) => 0.9 * ms);
      put(attendance, { ...noWeek, days, passedMs: 22 * hourMs, attendedMs: 20 * hourMs });
      attendance.clock.jumpWall(3650 * dayMs);
      attendance.steps(30, minuteMs);
      attendance.clock.jumpWall(-3650 * dayMs);
      attendance.isFrozen = true;
      attendance.steps(2 * 60, minuteMs);
      expect(attendance.frozen.length).toBeGreaterThan(80);
      expect(attendance.time.shortPercent()).toBe(null);
    }));

  it.each([
    ["has run for days", wellWeek],
    ["runs for the first time", noWeek],
  ])("says nothing of a clock without a battery that is set right in a machine that %s", (_, week) =>
    withAttendance((attendance) => {
      attendance.store.run("update keyholder set recorded_wall = ?", dayMs);
      put(attendance, week, dayMs);
      attendance.steps(70, minuteMs);
      expect(attendance.time.shortPercent()).toBe(null);
    }),
  );

  it("begins anew after a restore, of which nobody knows what was attended since the copy", () =>
    withKeyholder(
      async (test) => {
        const percent = async () => (await test.keyholder.handlers.outages({}, asApi)).attendedPercent;
        await test.pass(8 * dayMs);
        const copy = await test.backUp();
        test.isReachable = false;
        await test.pass(3 * dayMs);
        expect(await percent()).toBeLessThan(90);
        await test.restart();
        expect(await percent()).toBeLessThan(90);
        test.isReachable = true;
        await test.restoreStore(copy);
        for (let day = 0; day < 8; day++) {
          await test.pass(dayMs);
          expect(await percent()).toBe(null);
        }
      },
      { mode: "demo", factor: 7_200 },
    ));
});
