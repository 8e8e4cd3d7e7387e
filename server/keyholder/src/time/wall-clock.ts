import type { Pace } from "./pace.ts";
import { isBeforeFloor } from "./wall-floor.ts";

type Reading = {
  readonly wallMs: number;
  readonly monotonicMs: number;
  /** Monotonic ms since the reading before, 0 for the first one of a process. */
  readonly elapsedMs: number;
};

/**
 * The wall time that people are shown. It never goes back. Where the machine's clock leaps ahead, it is not followed before it has been an
 * hour ahead by the same amount: a clock that is wrong at the start of a machine, or set to another year and back, is put right within that
 * hour, and what it said must not become a wall that real time cannot reach for years. Until then this time goes on as the monotonic
 * clock does, which is at most too early, and so every "not before" that is said meanwhile stays true.
 */
export class WallClock {
  readonly #pace: Pace;
  #leap: { readonly offsetMs: number; readonly sinceMs: number } | null = null;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Whether it is ahead of what is recorded and not believed yet. */
  get isLeaping(): boolean {
    return this.#leap !== null;
  }

  /**
   * The next time to record. @param recorded the one before; 0 when nothing was ever said, and what is before the floor is as good as nothing
   * @param mayBelieve whether a leap that has stayed for so long is believed: where an outside clock is configured, it has the last word
   */
  follow(
    recorded: number,
    { wallMs, monotonicMs, elapsedMs }: Reading,
    mayBelieve: (leaptMs: number) => boolean = () => true,
  ): number {
    const expected = recorded + elapsedMs;
    if (isBeforeFloor(recorded) || wallMs <= expected + this.#pace.slackMs) {
      this.#leap = null;
      return Math.max(recorded, wallMs);
    }
    const offsetMs = wallMs - monotonicMs;
    if (this.#leap === null || Math.abs(offsetMs - this.#leap.offsetMs) > this.#pace.slackMs)
      this.#leap = { offsetMs, sinceMs: monotonicMs };
    if (monotonicMs - this.#leap.sinceMs < this.#pace.leapBelievedMs) return expected;
    if (!mayBelieve(monotonicMs - this.#leap.sinceMs)) return expected;
    this.#leap = null;
    return wallMs;
  }
}
