/** What an owner signed for one bequest, in product ms, as the protocol reads it: the oracle's own words, without common/switch. */
export type Terms = { readonly interval: number; readonly grace: number; readonly lastCall: number };

export const dayMs = 86_400_000;
const firstArmingMs = 7 * dayMs;
const holdFloorMs = 90 * dayMs;
/** Two weeks in which nothing was taken, and the policy's shortest extra interval. */
export const unreachableMs = (14 + 60) * dayMs;
/** What one outage adds to the end of a phase at most, and the day until the message that it asks for. */
export const outageMs = 4 * dayMs;

/** From the last sign to the decision, everybody told at once. Protocol §7, S1. */
export function ladderOf({ interval, grace, lastCall }: Terms): number {
  return Math.max(interval + grace + lastCall, firstArmingMs);
}

/** How long a restored keyholder holds what nobody signs for. Protocol §5, Restore. */
export function holdOf({ interval, grace }: Terms): number {
  return Math.max(interval + grace, holdFloorMs);
}
