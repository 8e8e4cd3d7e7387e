import { isReleasable, type SwitchHistory, type SwitchRequest } from "./history.ts";
import { ladderOf } from "./ladder.ts";
import { firstArmingMs, kitArmingMs, lastCallWait, requestWait, type SwitchPolicy } from "./policy.ts";
import { openRequests, requestDue } from "./requests.ts";
import { suspendedFor } from "./suspend.ts";

/**
 * Attended ms until the earliest moment at which a decision could fall, or anything be given by one that a weak sign suspended, if no further sign arrives and all that is needed happens at once.
 * While a loosening cools, the sooner of both policies counts, and not before it binds. Why not the coming one alone: a restore drops what
 * cools, and then the old one's times are what a receipt's "not before" must have meant.
 */
export function leftBySilence(policy: SwitchPolicy, history: SwitchHistory, now: number): number {
  if (history.held === null && history.decision !== null) return suspendedFor(history, now);
  const soonest = possiblePolicies(policy, history).map((one) => decidedAtSoonest(one, history, now));
  return notBefore(history, Math.min(...soonest), now);
}

function decidedAtSoonest(policy: SwitchPolicy, history: SwitchHistory, now: number): number {
  if (history.held === null) return ladderOf(policy, history, now).due ?? now;
  const { interval, grace } = policy.times;
  return Math.max(history.held.untilAttended, now) + interval + grace + lastCallWait(policy.times);
}

/**
 * The same for a decision by request, also by one that nobody made yet; null where no decision can fall by one. As receipts say it: what the
 * owner's next silence is worth against everybody who may ask.
 */
export function leftByRequest(policy: SwitchPolicy, history: SwitchHistory, now: number): number | null {
  if (history.decision !== null || !history.slots.some(isReleasable)) return null;
  const dues = possiblePolicies(policy, history).flatMap((one) => requestDues(one, history, now));
  return dues.length === 0 ? null : notBefore(history, Math.min(...dues), now);
}

/** Attended ms until a decision could follow this request, if the call about it is accepted at once: never later than it can be. */
export function requestLeft(policy: SwitchPolicy, history: SwitchHistory, request: SwitchRequest, now: number): number {
  const dues = possiblePolicies(policy, history).map((one) => requestDue(one, history, request, now));
  return notBefore(history, Math.min(...dues), now);
}

/** When each recipient's request would fall due, if the call about it is accepted at once; one that is still to come is made at once. */
function requestDues(policy: SwitchPolicy, history: SwitchHistory, now: number): number[] {
  const runsFrom = Math.max(now, history.held?.untilAttended ?? now, history.paused?.untilAttended ?? now);
  const open = openRequests(history);
  return policy.requests.map(({ r }) => {
    const asked = open.find((one) => one.r === r);
    return asked === undefined ? runsFrom + requestWait(policy, r) : requestDue(policy, history, asked, now);
  });
}

function possiblePolicies(policy: SwitchPolicy, { cooling }: SwitchHistory): SwitchPolicy[] {
  return cooling === null ? [policy] : [policy, cooling.policy];
}

function notBefore(history: SwitchHistory, soonest: number, now: number): number {
  return Math.max(soonest, firstArmingEnd(history), history.cooling?.bindsAtAttended ?? now, now) - now;
}

/** Nothing is decided before this, by silence or by request. */
export function firstArmingEnd({ armedAtAttended, armedWithKit }: SwitchHistory): number {
  return (armedAtAttended ?? 0) + (armedWithKit === true ? kitArmingMs : firstArmingMs);
}
