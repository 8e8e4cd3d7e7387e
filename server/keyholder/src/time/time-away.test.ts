import { dayMs, hourMs } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";
import { type Attendance, withAttendance } from "../testing/an-attendance.ts";

const minuteMs = 60_000;
const yearMs = 365 * dayMs;

/** The clock goes ahead by so much, and time is credited by it for some minutes. */
function runAhead(attendance: Attendance, ms: number, minutes = 20): void {
  attendance.clock.jumpWall(ms);
  attendance.steps(minutes, minuteMs);
  attendance.gaps.length = 0;
}

function stop(attendance: Attendance, how: string, ms: number): void {
  attendance.clock.jumpWall(ms);
  if (how === "was off") attendance.restart();
  attendance.steps(3, minuteMs);
}

const lengthsOf = ({ gaps }: Attendance) => gaps.map(([lengthMs]) => lengthMs);

describe("a time away after a clock that was ahead and not believed", () => {
  it.each([
    ["was off", 3 * dayMs, 3 * dayMs],
    ["was off", 3 * dayMs, 4 * dayMs],
    ["was off", yearMs, 10 * hourMs],
    ["was off", 5 * hourMs, 10 * hourMs],
    ["slept", 3 * dayMs, 4 * dayMs],
    ["slept", yearMs, 10 * hourMs],
    ["slept", 5 * hourMs, 10 * hourMs],
  ])("is as long as it was, for a machine that %s: %d ms ahead, %d ms away", (how, aheadMs, awayMs) =>
    withAttendance((attendance) => {
      runAhead(attendance, aheadMs);
      stop(attendance, how, awayMs - aheadMs);
      expect(lengthsOf(attendance).at(-1)).toBeGreaterThanOrEqual(awayMs);
      expect(lengthsOf(attendance).at(-1)).toBeLessThan(awayMs + 5 * minuteMs);
      expect(attendance.uncounted.at(-1)?.lengthMs).toBe(lengthsOf(attendance).at(-1));
    }),
  );

  it("is as long as it was where the process ran in it and nobody could reach it, and the clock was put right meanwhile", () =>
    withAttendance((attendance) => {
      runAhead(attendance, yearMs);
      attendance.isProbed = false;
      attendance.clock.jumpWall(-yearMs);
      attendance.steps(10, hourMs);
      attendance.isProbed = true;
      attendance.steps(3, minuteMs);
      expect(lengthsOf(attendance)).toEqual([10 * hourMs + minuteMs]);
    }));
});

describe("a leap of the clock", () => {
  it("is a time away once, whether it comes true or is taken back, in one process", () => {
    for (const back of [0, -9 * hourMs])
      withAttendance((attendance) => {
        attendance.clock.jumpWall(9 * hourMs);
        attendance.steps(30, minuteMs);
        attendance.clock.jumpWall(back);
        attendance.steps(200, minuteMs);
        expect(lengthsOf(attendance)).toEqual([9 * hourMs]);
      });
  });

  it("is told again by the next process until it is believed, and from then on no more", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(9 * hourMs);
      attendance.steps(30, minuteMs);
      attendance.restart();
      attendance.steps(3, minuteMs);
      expect(lengthsOf(attendance)).toEqual([9 * hourMs, 9 * hourMs + minuteMs]);
      attendance.steps(40, minuteMs);
      attendance.restart();
      attendance.steps(3, minuteMs);
      expect(attendance.gaps).toHaveLength(2);
    }));

  it("is believed of a machine that never runs for an hour, so that each time off is told as what it was", () =>
    withAttendance((attendance) => {
      for (let cycle = 0; cycle < 40; cycle++) {
        attendance.clock.jumpWall(hourMs);
        attendance.restart();
        attendance.steps(50, minuteMs);
      }
      expect(attendance.gaps).toEqual([]);
    }));
});

describe("time in which the clock was behind", () => {
  it("is one away, however often the process began anew in it: nothing was attended", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(-9 * hourMs);
      for (let run = 0; run < 3; run++) {
        attendance.step(0);
        attendance.steps(3 * 60, minuteMs);
        attendance.restart();
      }
      attendance.steps(3, minuteMs);
      // As soon as it is behind by no more than two ticks it is right.
      expect(lengthsOf(attendance)).toEqual([9 * hourMs - 3 * minuteMs]);
    }));

  it("is one away also within a single step", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(2 * minuteMs - 10 * hourMs);
      attendance.step(10 * hourMs);
      expect(attendance.gaps).toEqual([[10 * hourMs - 2 * minuteMs, minuteMs]]);
    }));

  it("and off is told once the clock is right", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(hourMs);
      attendance.restart();
      attendance.step(0);
      attendance.steps(3, minuteMs);
      expect(attendance.gaps).toEqual([]);
      attendance.clock.jumpWall(3 * dayMs);
      attendance.steps(3, minuteMs);
      expect(lengthsOf(attendance)).toEqual([3 * dayMs + hourMs]);
    }));
});
