import { describe, expect, it } from "vitest";
import { withAttendance } from "../testing/an-attendance.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe("a step of attended time", () => {
  it("counts what passed between two healthy ends, to the millisecond, and two ticks at most", () =>
    withAttendance((attendance) => {
      expect(attendance.time.now().attendedMs).toBe(minuteMs);
      expect(attendance.step(1)).toBe(minuteMs + 1);
      expect(attendance.step(2 * minuteMs)).toBe(3 * minuteMs + 1);
      expect(attendance.step(2 * minuteMs + 1)).toBe(5 * minuteMs + 1);
      expect(attendance.step(0)).toBe(5 * minuteMs + 1);
      attendance.isProbed = false;
      expect(attendance.step(minuteMs)).toBe(5 * minuteMs + 1);
      attendance.isProbed = true;
      expect(attendance.step(minuteMs)).toBe(5 * minuteMs + 1);
      expect(attendance.step(minuteMs)).toBe(6 * minuteMs + 1);
    }));

  it("counts no more than the wall clock went on, and never less than nothing", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(-1000);
      expect(attendance.step(minuteMs)).toBe(2 * minuteMs - 1000);
      attendance.clock.jumpWall(-minuteMs);
      expect(attendance.step(1000)).toBe(2 * minuteMs - 1000);
      expect(attendance.step(minuteMs)).toBe(2 * minuteMs);
    }));

  it("inside a shared commit is the one that the commit began with", () =>
    withAttendance(({ time, store, clock }) => {
      const said: number[] = [];
      clock.advance(minuteMs);
      const { attendedMs } = time.advance(() => {
        clock.advance(minuteMs);
        store.share(() => said.push(time.advance().attendedMs));
      });
      expect([attendedMs, said, time.now().attendedMs]).toEqual([2 * minuteMs, [2 * minuteMs], 2 * minuteMs]);
      clock.advance(1);
      expect(time.advance().attendedMs).toBe(3 * minuteMs + 1);
    }));

  it("in a freeze is told as time of the freeze, and of nothing else", () =>
    withAttendance((attendance) => {
      attendance.isFrozen = true;
      expect(attendance.step(1)).toBe(minuteMs);
      expect(attendance.step(minuteMs)).toBe(minuteMs);
      attendance.isProbed = false;
      attendance.steps(3, minuteMs);
      expect(attendance.frozen).toEqual([
        [1, minuteMs],
        [minuteMs, minuteMs],
      ]);
      attendance.isFrozen = false;
      attendance.isProbed = true;
      attendance.step(minuteMs);
      expect(attendance.step(1)).toBe(minuteMs + 1);
      expect(attendance.frozen).toHaveLength(2);
    }));
});

describe("time that did not count", () => {
  it("is told once it is over, from six hours on, with what it came from and until when", () => {
    for (const [ms, isTold] of [
      [6 * hourMs - 1, false],
      [6 * hourMs, true],
    ] as const)
      withAttendance((attendance) => {
        attendance.isProbed = false;
        attendance.step(ms - minuteMs);
        attendance.isProbed = true;
        attendance.step(minuteMs);
        expect([attendance.gaps, attendance.uncounted]).toEqual([[], []]);
        const untilWallMs = attendance.clock.nowMs();
        attendance.step(minuteMs);
        expect(attendance.gaps).toEqual(isTold ? [[ms, minuteMs]] : []);
        expect(attendance.uncounted).toEqual(isTold ? [{ lengthMs: ms, reason: "unreachable", untilWallMs }] : []);
        attendance.steps(3, minuteMs);
        expect([attendance.gaps.length, attendance.uncounted.length]).toEqual(isTold ? [1, 1] : [0, 0]);
      });
  });

  it("is none before the first that did", () =>
    withAttendance((attendance) => {
      expect([attendance.gaps, attendance.uncounted]).toEqual([[], []]);
    }));

  it("between two processes is the time that the wall clock went on", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(7 * hourMs);
      attendance.restart();
      attendance.step(0);
      const wallMs = attendance.clock.nowMs();
      // A wall clock that leapt is believed after an hour; time goes on meanwhile.
      attendance.step(minuteMs);
      expect(attendance.gaps).toEqual([[7 * hourMs, minuteMs]]);
      expect(attendance.uncounted).toEqual([{ lengthMs: 7 * hourMs, reason: "away", untilWallMs: wallMs }]);
    }));

  it("because the clock was behind is told as that, by the monotonic clock where the wall knows nothing of it", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(-8 * hourMs);
      attendance.steps(7 * 60, minuteMs);
      expect(attendance.time.isStopped()).toBe(true);
      attendance.clock.jumpWall(hourMs);
      attendance.step(minuteMs);
      attendance.step(minuteMs);
      attendance.step(minuteMs);
      expect(attendance.gaps).toEqual([[7 * hourMs + minuteMs, minuteMs]]);
      expect(attendance.uncounted).toMatchObject([{ reason: "clock", lengthMs: 7 * hourMs + minuteMs }]);
    }));

  it("is measured from what was recorded where the clock was ahead at the last credit", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(9 * hourMs);
      attendance.step(minuteMs);
      attendance.clock.jumpWall(-9 * hourMs + 8 * hourMs);
      attendance.restart();
      attendance.step(0);
      attendance.step(minuteMs);
      expect(attendance.gaps).toEqual([
        [9 * hourMs, minuteMs],
        [8 * hourMs, 2 * minuteMs],
      ]);
    }));
});

describe("a doubt", () => {
  it("of a millisecond is one, also to the next process, until time counts again", () =>
    withAttendance((attendance) => {
      attendance.verdict = "differs";
      attendance.restart();
      attendance.step(0);
      expect(attendance.time.isUnsure()).toBe(false);
      attendance.clock.jumpWall(-hourMs);
      attendance.step(1);
      attendance.clock.jumpWall(hourMs);
      attendance.restart();
      expect([attendance.time.isUnsure(), attendance.time.isStopped()]).toEqual([true, true]);
      attendance.verdict = "agrees";
      expect(attendance.time.isStopped()).toBe(false);
      attendance.steps(2, minuteMs);
      expect(attendance.time.isUnsure()).toBe(false);
    }));

  it("is over after a week of it, not before, and by the wall clock's word again", () =>
    withAttendance((attendance) => {
      attendance.clock.jumpWall(-30 * 24 * hourMs);
      attendance.step(0);
      attendance.step(7 * 24 * hourMs - 1);
      expect([attendance.time.isStopped(), attendance.time.isDoubtOver()]).toEqual([true, false]);
      attendance.step(1);
      expect(attendance.time.isDoubtOver()).toBe(true);
      attendance.store.commit(() => attendance.time.trustWall());
      attendance.time.reload();
      expect([attendance.time.isStopped(), attendance.time.isDoubtOver()]).toEqual([false, false]);
      expect(attendance.time.now().wallMs).toBe(attendance.clock.nowMs());
    }));

  it("that nobody outside answers is believed after a day of it", () =>
    withAttendance((attendance) => {
      attendance.verdict = "silent";
      attendance.restart();
      attendance.clock.jumpWall(-hourMs);
      attendance.step(0);
      attendance.clock.jumpWall(hourMs);
      attendance.step(24 * hourMs - 1);
      expect(attendance.time.isStopped()).toBe(true);
      attendance.step(1);
      expect(attendance.time.isStopped()).toBe(false);
    }));
});
