import { dayMs, hourMs } from "@afterkeep/switch";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Attendance, withAttendance } from "../testing/an-attendance.ts";

const minuteMs = 60_000;
const floorMs = 6 * hourMs;
/** Four ticks: so much a clock may be ahead, or behind, and is right. */
const toleranceMs = 4 * minuteMs;
/** For so long a clock may run ahead, in one process or in many, and is not believed. */
const unbelievedMinutes = 55;

type Deed =
  | { does: "run"; minutes: number; isProbed: boolean }
  | { does: "be off"; ms: number }
  | { does: "sleep"; ms: number }
  | { does: "set the clock"; errorMs: number };

/**
 * What really happens to a machine, and what its keyholder is bound to tell of it. An error of the clock is above zero where it is ahead.
 */
class Truth {
  readonly #attendance: Attendance;
  #nowMs = 0;
  #errorMs = 0;
  #minutesAhead = 0;
  #credited = { atMs: 0, errorMs: 0 };
  #attendedMs: number;
  /** By how much the wall clock went on while the process stood still, since its last step; null in a process that has made none. */
  #leptMs: number | null = 0;
  #sleptMs = 0;

  constructor(attendance: Attendance) {
    this.#attendance = attendance;
    this.#attendedMs = attendance.time.now().attendedMs;
  }

  do(deed: Deed): void {
    if (deed.does === "run") this.#run(deed.minutes, deed.isProbed);
    else if (deed.does === "set the clock") this.#set(deed.errorMs);
    else this.#pass(deed.ms, deed.does === "be off");
  }

  #run(minutes: number, isProbed: boolean): void {
    if (this.#errorMs > 0 && this.#minutesAhead + minutes > unbelievedMinutes) this.#set(0);
    this.#minutesAhead = this.#errorMs > 0 ? this.#minutesAhead + minutes : 0;
    // A clock that is put right by just as much as the machine slept shows nothing of either.
    if (this.#leptMs !== null && Math.abs(this.#leptMs) <= toleranceMs && this.#sleptMs > toleranceMs)
      this.#pass(hourMs, false);
    this.#attendance.isProbed = isProbed;
    for (let minute = 0; minute < minutes; minute++) this.#step();
  }

  #step(): void {
    this.#attendance.gaps.length = 0;
    this.#nowMs += minuteMs;
    this.#leptMs = this.#sleptMs = 0;
    const attendedMs = this.#attendance.step(minuteMs);
    const credit = attendedMs - this.#attendedMs;
    if (credit > 0) this.#judge(credit);
    this.#attendedMs = attendedMs;
  }

  #judge(credit: number): void {
    const [told = 0] = this.#attendance.gaps[0] ?? [];
    const awayMs = this.#nowMs - credit - this.#credited.atMs;
    // Of what a clock that is behind does not show, the rest is told as soon as it does.
    const dueMs = awayMs + Math.min(0, this.#errorMs) - Math.min(0, this.#credited.errorMs) - toleranceMs;
    if (dueMs >= floorMs) expect(told).toBeGreaterThanOrEqual(dueMs);
    this.#credited = { atMs: this.#nowMs, errorMs: this.#errorMs };
  }

  #pass(ms: number, isOff: boolean): void {
    this.#nowMs += ms;
    this.#leap(ms);
    this.#sleptMs += ms;
    if (!isOff) return;
    this.#attendance.restart();
    this.#attendance.step(0);
    this.#leptMs = null;
  }

  #set(errorMs: number): void {
    this.#leap(errorMs - this.#errorMs);
    this.#errorMs = errorMs;
  }

  #leap(ms: number): void {
    this.#attendance.clock.jumpWall(ms);
    if (this.#leptMs !== null) this.#leptMs += ms;
  }
}

const errors = [0, 0, 0, 3 * hourMs, 7 * hourMs, 3 * dayMs, 365 * dayMs, -7 * hourMs, -3 * dayMs];
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    does: fc.constant("run" as const),
    minutes: fc.constantFrom(1, 3, 3, 12, 25, 70),
    isProbed: fc.constantFrom(true, true, true, false),
  }),
  fc.record({
    does: fc.constantFrom("be off" as const, "sleep" as const),
    ms: fc.constantFrom(minuteMs, 3 * hourMs, 6 * hourMs, 7 * hourMs, 10 * hourMs, 3 * dayMs, 4 * dayMs, 400 * dayMs),
  }),
  fc.record({ does: fc.constant("set the clock" as const), errorMs: fc.constantFrom(...errors) }),
);

it("of a time away no less is told than there was of it, whatever a clock says that is not believed", () => {
  fc.assert(
    fc.property(fc.array(deed, { minLength: 3, maxLength: 16 }), (deeds) =>
      withAttendance((attendance) => {
        // Nothing is lost here, and most of the time would be spent waiting for the disk.
        attendance.store.run("pragma synchronous = off");
        const truth = new Truth(attendance);
        for (const one of deeds) truth.do(one);
        truth.do({ does: "run", minutes: 4, isProbed: true });
      }),
    ),
    { numRuns: 60 },
  );
});
