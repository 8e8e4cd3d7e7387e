import type { Clock } from "@afterkeep/platform";
import { z } from "zod";
import type { Store } from "../store/store.ts";
import type { Pace } from "./pace.ts";

const timeSchema = z.object({ attended: z.int(), recordedWall: z.int() });
const selectTime = "select attended, recorded_wall as recordedWall from keyholder";

/** The moment that deadlines are compared with (`attendedMs`) and the wall time that people are shown (`wallMs`). */
export type Moment = { readonly attendedMs: number; readonly wallMs: number };

/**
 * Attended time: time in which this process ran, could write, and was reachable at the address that owners use.
 *
 * Invariant: attended time never advances more than the highest wall time ever recorded does. So `wallMs + left` is a true
 * lower bound for everything that needs `left` more attended ms, also when the wall clock goes back.
 * Source: protocol §5, Ticks.
 */
export class AttendedTime {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #isProbed: (monotonicMs: number) => boolean;
  #attended: number;
  #recordedWall: number;
  // Why null at start: the time between two processes was attended by nobody.
  #last: { monotonicMs: number; isHealthy: boolean } | null = null;

  constructor(store: Store, clock: Clock, pace: Pace, isProbed: (monotonicMs: number) => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#pace = pace;
    this.#isProbed = isProbed;
    const stored = store.one(selectTime, timeSchema);
    this.#attended = stored.attended;
    this.#recordedWall = stored.recordedWall;
  }

  now(): Moment {
    return { attendedMs: this.#attended, wallMs: this.#recordedWall };
  }

  /** Whether the wall clock is so far behind what was recorded that nothing may move until it has caught up. */
  isStopped(): boolean {
    return this.#clock.nowMs() < this.#recordedWall - this.#pace.capMs;
  }

  isProbed(): boolean {
    return this.#isProbed(this.#clock.monotonicMs());
  }

  /**
   * Credits the time since the last step, if both ends of it were healthy, and writes it. A write that fails makes this end
   * unhealthy and is thrown.
   */
  advance(): Moment {
    const monotonicMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.nowMs();
    const isHealthy = this.#isProbed(monotonicMs) && !this.isStopped();
    const credit =
      isHealthy && this.#last?.isHealthy ? this.#creditFor(monotonicMs - this.#last.monotonicMs, wallMs) : 0;
    this.#last = { monotonicMs, isHealthy: false };
    this.#write(this.#attended + credit, Math.max(this.#recordedWall, wallMs));
    this.#last = { monotonicMs, isHealthy };
    return this.now();
  }

  #creditFor(monotonicDelta: number, wallMs: number): number {
    return Math.max(0, Math.min(monotonicDelta, wallMs - this.#recordedWall, this.#pace.capMs));
  }

  #write(attended: number, recordedWall: number): void {
    this.#store.commit(() =>
      this.#store.run("update keyholder set attended = ?, recorded_wall = ?", attended, recordedWall),
    );
    this.#attended = attended;
    this.#recordedWall = recordedWall;
  }
}
