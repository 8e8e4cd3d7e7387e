import type { Clock } from "../time/clock.ts";

/** A clock that moves only when told to. */
export type ManualClock = Clock & {
  advance(ms: number): void;
  /** Sets the wall clock alone, so much ahead or (negative) back. */
  jumpWall(ms: number): void;
};

/** Starts at `startMs` (default 2026-01-01 UTC). */
export function aManualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0;
  let jumped = 0;
  return {
    nowMs: () => startMs + elapsed + jumped,
    monotonicMs: () => elapsed,
    advance: (ms) => {
      elapsed += ms;
    },
    jumpWall: (ms) => {
      jumped += ms;
    },
  };
}
