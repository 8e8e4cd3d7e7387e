import { dayMs, hourMs } from "../world/time.ts";
import type { BequestFacts, PolicyFact } from "./facts.ts";

/*
 * The oracle's own arithmetic, from protocol §7 and written without common/switch: two readings of the rules that were made apart
 * rarely make the same mistake.
 */

export const coolingMs = 7 * dayMs;
/** After a first arming, before anything is decided. */
export function firstArmingOf({ isArmedWithKit }: Pick<BequestFacts, "isArmedWithKit">): number {
  return isArmedWithKit ? dayMs : 7 * dayMs;
}
const holdFloorMs = 90 * dayMs;
const lastCallFloorMs = 12 * hourMs;
const requestFloorMs = 72 * hourMs;
/** What a mail link puts a request off by, and what was decided and not given; and how long a refused recipient does not ask again. */
export const putOffMs = 72 * hourMs;
export const askAgainMs = dayMs;

export function lastCallOf(policy: PolicyFact): number {
  return Math.max(policy.lastCall, lastCallFloorMs);
}

/** From the call about a request to the decision. Infinite for who may not ask. */
export function requestWaitOf(policy: PolicyFact, r: string): number {
  return Math.max(policy.requests.get(r) ?? Number.POSITIVE_INFINITY, requestFloorMs, lastCallOf(policy));
}

/** From a sign to the decision, if everybody is told at once. */
export function wholeLadder(policy: PolicyFact): number {
  return policy.interval + policy.grace + lastCallOf(policy);
}

/** How long a restore holds a bequest that nobody signs for. */
export function holdOf({ interval, grace }: PolicyFact): number {
  return Math.max(interval + grace, holdFloorMs);
}

/** From a restore that no signed sign followed to the decision: the hold, then everything from the beginning. */
export function heldLadder(policy: PolicyFact): number {
  return holdOf(policy) + wholeLadder(policy);
}

type Times = Omit<PolicyFact, "id" | "g" | "accepted" | "loosens">;

/** Whether `next` lets anything happen sooner, or lets somebody in, compared with the last bound policy. */
export function isLooser(before: Times, next: Times): boolean {
  const isShorter = next.interval < before.interval || next.grace < before.grace || next.lastCall < before.lastCall;
  const isOtherSign = next.weakMax !== before.weakMax || nameOf(next.takes) !== nameOf(before.takes);
  const isSoonerFor = [...next.delays].some(([r, delay]) => delay < (before.delays.get(r) ?? Number.POSITIVE_INFINITY));
  return isShorter || isOtherSign || isSoonerFor || isAskedSooner(before, next) || isLessWarned(before, next);
}

const nameOf = (signs: ReadonlySet<string>): string => [...signs].sort().join();

/** Whether somebody may ask who may not, or with a shorter wait. */
function isAskedSooner(before: Times, next: Times): boolean {
  return [...next.requests].some(([r, wait]) => wait < (before.requests.get(r) ?? Number.POSITIVE_INFINITY));
}

/** Whether one of the old warnings has no new one of its own that comes as long before the interval's end. */
function isLessWarned(before: Times, next: Times): boolean {
  const left = next.reminders.map((offset) => next.interval - offset);
  for (const offset of before.reminders) {
    const enough = left.filter((warning) => warning >= before.interval - offset).sort((a, b) => a - b)[0];
    if (enough === undefined) return true;
    left.splice(left.indexOf(enough), 1);
  }
  return false;
}
