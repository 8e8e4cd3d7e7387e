import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { outage } from "@afterkeep/contracts";
import type { z } from "zod";
import { Store } from "../store/store.ts";
import { AttendedTime } from "../time/attended-time.ts";
import type { OutsideVerdict } from "../time/outside-clock.ts";
import { paceOf } from "../time/pace.ts";
import { aSplitClock } from "./a-clock.ts";
import { real } from "./a-keyholder.ts";

/** The keyholder's time alone, on a store of its own, with all that it tells others. Steps of any length, a minute being the usual one. */
export class Attendance {
  readonly folder = mkdtempSync(join(tmpdir(), "afterkeep-attendance-"));
  readonly store = new Store(this.folder, real);
  readonly clock = aSplitClock();
  isProbed = true;
  isFrozen = false;
  verdict: OutsideVerdict | null = null;
  readonly gaps: [lengthMs: number, attendedMs: number][] = [];
  readonly frozen: [ms: number, attendedMs: number][] = [];
  readonly uncounted: z.infer<typeof outage>[] = [];
  readonly shortWeeks: (number | null)[] = [];
  readonly errors: unknown[] = [];
  time = this.#begin();

  /** Another process on the same store. */
  restart(): void {
    this.time = this.#begin();
  }

  /** Lets so much time pass, and counts it. */
  step(ms: number): number {
    this.clock.advance(ms);
    return this.time.advance().attendedMs;
  }

  steps(count: number, ms: number): number {
    for (let i = 1; i < count; i++) this.step(ms);
    return this.step(ms);
  }

  #begin(): AttendedTime {
    return new AttendedTime(this.store, this.clock, paceOf(1), {
      isProbed: () => this.isProbed,
      isFrozen: () => this.isFrozen,
      onFrozenTime: (ms, attendedMs) => this.frozen.push([ms, attendedMs]),
      judgeWall: this.verdict === null ? null : () => this.verdict ?? "silent",
      onGap: (lengthMs, attendedMs) => this.gaps.push([lengthMs, attendedMs]),
      onUncounted: (uncounted) => this.uncounted.push(uncounted),
      onShortWeek: (percent) => this.shortWeeks.push(percent),
      onError: (error) => this.errors.push(error),
    });
  }
}

/** Begun, and a minute counted. */
export function withAttendance(work: (attendance: Attendance) => void): void {
  const attendance = new Attendance();
  try {
    attendance.step(0);
    attendance.step(60_000);
    work(attendance);
  } finally {
    attendance.store.close();
    rmSync(attendance.folder, { recursive: true });
  }
}
