import type { Clock } from "@afterkeep/platform";

const steadyAfterMs = 3_600_000;
const driftMs = 60_000;

/**
 * Whether the wall clock has gone on for an hour as the monotonic clock did. Why asked: what is removed by its age is gone, and a machine that
 * woke up in 2040 finds everything old. The keyholder believes a leap after the same hour.
 */
export type Steadiness = {
  /** Call about once a minute. */
  isSteady(): boolean;
};

export function createSteadiness(clock: Clock): Steadiness {
  const offset = () => clock.nowMs() - clock.monotonicMs();
  let held = { offsetMs: offset(), sinceMs: clock.monotonicMs() };
  return {
    isSteady: () => {
      const moved = Math.abs(offset() - held.offsetMs) > driftMs;
      if (moved) held = { offsetMs: offset(), sinceMs: clock.monotonicMs() };
      return clock.monotonicMs() - held.sinceMs >= steadyAfterMs;
    },
  };
}
