import type { Clock } from "../time/clock.ts";

/** A clock that moves only when told to. */
export type ManualClock = Clock & { advance(ms: number): void };

/** Starts at `startMs` (default 2026-01-01 UTC). */
export function aManualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0;
  return {
    nowMs: () => startMs + elapsed,
    monotonicMs: () => elapsed,
    advance: (ms) => {
      elapsed += ms;
    },
  };
}
