import type { outage } from "@afterkeep/contracts";
import type { Clock } from "@afterkeep/platform";
import { z } from "zod";
import type { Store } from "../store/store.ts";
import { type AttendedWeek, noWeek, passWeek, readWeek, shortPercent } from "./attended-week.ts";
import { countTime } from "./counted-time.ts";
import type { OutsideVerdict } from "./outside-clock.ts";
import type { Pace } from "./pace.ts";
import { UncountedTime } from "./uncounted-time.ts";
import { WallClock } from "./wall-clock.ts";
import { isBeforeFloor, wallFloorMs } from "./wall-floor.ts";

const timeSchema = z.object({
  attended: z.int(),
  recordedWall: z.int(),
  creditedWall: z.int(),
  doubtMs: z.int(),
  week: z.string(),
});
const selectTime =
  "select attended_ms as attended, recorded_wall as recordedWall, credited_wall as creditedWall, doubt_ms as doubtMs, week from keyholder";
const updateTime = "update keyholder set attended_ms = ?, recorded_wall = ?, credited_wall = ?, doubt_ms = ?, week = ?";
type Recorded = Omit<z.infer<typeof timeSchema>, "week"> & { readonly week: AttendedWeek };

/** A doubt that no outside clock answers is over after so much of it (product ms): one that is dead must not freeze everything for ever. */
const longestSilenceMs = 86_400_000;

/** The moment that deadlines are compared with (`attendedMs`) and the wall time that people are shown (`wallMs`). */
export type Moment = { readonly attendedMs: number; readonly wallMs: number };

/** Is told of every outage when it is over, in the commit that credits the first time after it: ms by whichever clock saw more of it, attended ms. */
export type OnGap = (lengthMs: number, attendedMs: number) => void;
/** Is told in the same commit of every long time that did not count, for people to see, and what most of it came from. */
export type OnUncounted = (uncounted: z.infer<typeof outage>) => void;
/** Is told when less of the last seven days was attended than is enough, in whole percent, and with null when it is enough again. */
export type OnShortWeek = (percent: number | null) => void;
type Watch = {
  readonly isProbed: (monotonicMs: number) => boolean;
  /** Whether the operators froze everything: then what would be credited is time of the freeze alone, and told in the same commit. */
  readonly isFrozen: () => boolean;
  readonly onFrozenTime: (ms: number, attendedMs: number) => void;
  /** What the outside clock says of a wall clock; null where none is configured: then a clock is believed once it has caught up. */
  readonly judgeWall: ((reading: { wallMs: number; monotonicMs: number }) => OutsideVerdict) | null;
  readonly onGap: OnGap;
  readonly onUncounted: OnUncounted;
  readonly onShortWeek: OnShortWeek;
  /** Hears of what is kept for showing and cannot be read. */
  readonly onError: (error: unknown) => void;
};

/**
 * Attended time: time in which this process ran, could write, and was reachable at the address that owners use.
 *
 * Invariant: attended time never advances more than the recorded wall time does. So `wallMs + left` is a true lower bound for everything that
 * needs `left` more attended ms, also when the wall clock goes back.
 * Source: protocol §5, Ticks.
 */
export class AttendedTime {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #watch: Watch;
  readonly #wall: WallClock;
  readonly #uncounted = new UncountedTime();
  #recorded: Recorded;
  #wasBehind = false;
  // Why null at start: the time between two processes was attended by nobody.
  #last: { monotonicMs: number; wallMs: number; isHealthy: boolean } | null = null;
  // What the wall clock showed at the last credit, where it has gone on as the monotonic one did from then on; null where it leapt, and before the first credit of a process.
  #steadySinceMs: number | null = null;

  constructor(store: Store, clock: Clock, pace: Pace, watch: Watch) {
    this.#store = store;
    this.#clock = clock;
    this.#pace = pace;
    this.#watch = watch;
    this.#wall = new WallClock(pace);
    this.#recorded = this.#read();
  }

  now(): Moment {
    // Why at least the floor: what a clock recorded that showed an earlier date says less than that.
    return { attendedMs: this.#recorded.attended, wallMs: Math.max(wallFloorMs, this.#recorded.recordedWall) };
  }

  /**
   * Whether nothing may move: the wall clock is too far behind what was recorded or shows a date that cannot be, or it was and did since time was last credited and the outside clock has not
   * confirmed it yet.
   */
  isStopped(): boolean {
    return this.#isBehind() || (this.#isDoubted() && !this.#isConfirmed(this.#recorded.doubtMs));
  }

  /** Whether the outside clock is to be asked: the wall clock is behind, was behind, or leapt ahead. */
  isUnsure(): boolean {
    return this.#watch.judgeWall !== null && (this.#isBehind() || this.#isDoubted() || this.#wall.isLeaping);
  }

  #isBehind(): boolean {
    const wallMs = this.#clock.nowMs();
    return isBeforeFloor(wallMs) || wallMs < this.#recorded.recordedWall - this.#pace.slackMs;
  }

  #isDoubted(): boolean {
    return this.#wasBehind || this.#recorded.doubtMs !== 0;
  }

  /** @param doubtedMs for how long it has been in doubt */
  #isConfirmed(doubtedMs: number): boolean {
    const { judgeWall } = this.#watch;
    if (judgeWall === null) return true;
    const verdict = judgeWall({ wallMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() });
    return verdict === "agrees" || (verdict === "silent" && doubtedMs >= longestSilenceMs);
  }

  /** Whether it has been behind, or unconfirmed, for so long, with this process running, that what was recorded must have been wrong. Never by a date that cannot be. */
  isDoubtOver(): boolean {
    const isPossible = !isBeforeFloor(this.#clock.nowMs());
    return isPossible && this.isStopped() && this.#recorded.doubtMs >= this.#pace.longestDoubtMs;
  }

  /**
   * Takes the wall clock's word again. Call inside the commit that holds everything, because promises were made by the wrong time; `reload` once
   * that is done.
   */
  trustWall(): void {
    this.#wasBehind = false;
    this.#write({ ...this.#recorded, recordedWall: this.#clock.nowMs(), doubtMs: 0 });
  }

  reload(): void {
    this.#recorded = this.#read();
  }

  #read(): Recorded {
    const { week, ...recorded } = this.#store.one(selectTime, timeSchema);
    return { ...recorded, week: readWeek(week, this.#watch.onError) };
  }

  /** Of the last seven days, where less was attended than is enough, in whole percent; null elsewhere. For showing: nothing is decided from it. */
  shortPercent(): number | null {
    return shortPercent(this.#recorded.week);
  }

  /**
   * Begins to count the week anew: after a restore nobody knows what was attended, and a wall clock that is believed again may have made up days. A short one is
   * over with that. Call inside a commit.
   */
  forgetWeek(): void {
    const before = this.#recorded.week;
    this.#recorded = { ...this.#recorded, week: noWeek };
    this.#store.run("update keyholder set week = ''");
    this.#tellShortWeek(before);
  }

  isProbed(): boolean {
    return this.#watch.isProbed(this.#clock.monotonicMs());
  }

  /**
   * Credits the time since the last step, if both ends of it were healthy, and writes it. A write that fails makes this end
   * unhealthy and is thrown.
   * @param beside runs in the same commit, when the step is made
   */
  advance(beside: () => void = () => {}): Moment {
    // A shared commit began with a step of its own.
    if (this.#store.isShared) return this.now();
    const monotonicMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.nowMs();
    const elapsedMs = this.#last === null ? 0 : monotonicMs - this.#last.monotonicMs;
    this.#wasBehind ||= this.#isBehind();
    const isStopped = this.isStopped();
    const isHealthy = this.#watch.isProbed(monotonicMs) && !isStopped;
    const recordedWall = this.#wall.follow(this.#recorded.recordedWall, { wallMs, monotonicMs, elapsedMs }, (leaptMs) =>
      this.#isConfirmed(leaptMs),
    );
    const mayCredit = isHealthy && this.#last?.isHealthy === true;
    const credit = mayCredit ? this.#creditFor(elapsedMs, recordedWall) : 0;
    const isCredited = credit > 0;
    const isFrozen = isCredited && this.#watch.isFrozen();
    if (!this.#isSteady(wallMs, elapsedMs)) this.#steadySinceMs = null;
    const gapMs = this.#gapBefore(wallMs - credit, elapsedMs - credit);
    const isOutage = isCredited && gapMs >= this.#pace.gapFloorMs;
    if (!isCredited) this.#uncounted.add(elapsedMs, isStopped);
    const week = this.#passWeek({ wallMs, elapsedMs, recordedWall }, credit);
    const next: Recorded = {
      attended: this.#recorded.attended + (isFrozen ? 0 : credit),
      recordedWall,
      // Why no more than what is believed: from a clock that is ahead, and put right in a time that is not seen, that time would be counted too short.
      creditedWall: isCredited
        ? Math.min(wallMs, Math.max(recordedWall, week.counted.untilMs))
        : this.#recorded.creditedWall,
      // Why not by one good reading: a clock that is set to and fro would else be in doubt for ever. Why not of a date that cannot be: it says nothing of what was recorded.
      doubtMs: isCredited ? 0 : this.#recorded.doubtMs + (isStopped && !isBeforeFloor(wallMs) ? elapsedMs : 0),
      week,
    };
    this.#last = { monotonicMs, wallMs, isHealthy: false };
    const before = this.#recorded;
    try {
      this.#store.commit(() => {
        if (isOutage) this.#watch.onGap(gapMs, before.attended);
        if (isCredited) this.#tellUncounted(gapMs, wallMs - credit);
        if (isFrozen) this.#watch.onFrozenTime(credit, before.attended);
        this.#write(next);
        this.#recorded = next;
        beside();
      });
    } catch (error) {
      this.#recorded = this.#onDisk() ?? before;
      throw error;
    }
    this.#last = { monotonicMs, wallMs, isHealthy };
    if (isCredited) {
      this.#uncounted.forget();
      this.#steadySinceMs = wallMs;
      this.#wasBehind = false;
    }
    this.#tellShortWeek(before.week);
    return this.now();
  }

  /** Why asked after a commit that failed: it may have failed after it was on the disk, and time that is on the disk never goes back. Null where the disk does not answer. */
  #onDisk(): Recorded | null {
    try {
      return this.#read();
    } catch {
      return null;
    }
  }

  #tellUncounted(gapMs: number, untilWallMs: number): void {
    const uncounted = this.#uncounted.since(gapMs);
    if (uncounted.lengthMs >= this.#pace.gapFloorMs) this.#watch.onUncounted({ ...uncounted, untilWallMs });
  }

  #tellShortWeek(before: AttendedWeek): void {
    const [was, is] = [shortPercent(before), this.shortPercent()];
    if ((was === null) !== (is === null)) this.#watch.onShortWeek(is);
  }

  #passWeek(reading: { wallMs: number; elapsedMs: number; recordedWall: number }, credit: number): AttendedWeek {
    const { week } = this.#recorded;
    const mayBelieve = (seenMs: number) => this.#isConfirmed(seenMs);
    const { passedMs, counted } = countTime(week.counted, reading, this.#pace, mayBelieve);
    return passWeek({ ...week, counted }, passedMs, credit);
  }

  #creditFor(elapsedMs: number, recordedWall: number): number {
    return Math.max(0, Math.min(elapsedMs, recordedWall - this.#recorded.recordedWall, this.#pace.capMs));
  }

  #isSteady(wallMs: number, elapsedMs: number): boolean {
    return this.#last !== null && Math.abs(wallMs - this.#last.wallMs - elapsedMs) <= this.#pace.slackMs;
  }

  /**
   * How long nothing had been credited, by whichever clock saw more of it: too long a gap only delays. The wall clock, because a machine that slept or was off has no other; the monotonic one, and
   * how long other processes ran in doubt, because a wall clock that goes back sees nothing of that. Where what is believed was ahead, what is recorded stands in for it.
   * @param ranMs since the last step, without what it credits
   */
  #gapBefore(wallMs: number, ranMs: number): number {
    const { creditedWall, recordedWall, doubtMs } = this.#recorded;
    if (creditedWall === 0) return 0;
    const sinceMs = this.#steadySinceMs ?? (creditedWall > wallMs ? recordedWall : creditedWall);
    return Math.max(wallMs - sinceMs, this.#uncounted.ranMs + ranMs, doubtMs);
  }

  #write(next: Recorded): void {
    this.#store.run(
      updateTime,
      next.attended,
      next.recordedWall,
      next.creditedWall,
      next.doubtMs,
      JSON.stringify(next.week),
    );
  }
}
