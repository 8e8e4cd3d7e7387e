import type { Clock } from "@afterkeep/platform";

/** Wall and monotonic time that move apart on command. */
export type SplitClock = Clock & {
  /** Both move on, as time does. */
  advance(ms: number): void;
  /** Only the wall clock is set, as an administrator or a bad server of time does. */
  jumpWall(ms: number): void;
};

/** @param startMs years after the keyholder's floor, so that a clock that falls back is wrong and not impossible */
export function aSplitClock(startMs: number = Date.UTC(2030, 0, 1)): SplitClock {
  let wall = startMs;
  let monotonic = 0;
  return {
    nowMs: () => wall,
    monotonicMs: () => monotonic,
    advance: (ms) => {
      wall += ms;
      monotonic += ms;
    },
    jumpWall: (ms) => {
      wall += ms;
    },
  };
}
