import type { SwitchHistory, SwitchRequest } from "./history.ts";
import { dayMs, longestAnewMs, requestWait, type SwitchPolicy, weakPutOffMs } from "./policy.ts";
import { unreachableEnd } from "./unreachable.ts";

/** After a refusal the same recipient may ask again only so much later (attended): the owner is not called at every hour. */
export const askAgainMs = dayMs;

export function openRequests({ requests }: SwitchHistory): SwitchRequest[] {
  return requests.filter(isOpen);
}

function isOpen({ refusedAttended }: SwitchRequest): boolean {
  return refusedAttended === null;
}

/**
 * When a request falls due; infinite while the owner was not called. An owner who counts as unreachable stands in for an accepted call.
 *
 * @param assumeFrom if given, a call that is missing is accepted then: the earliest moment
 */
export function requestDue(
  policy: SwitchPolicy,
  history: SwitchHistory,
  { r, askedAttended, calledAttended, putOffMs, thawed }: SwitchRequest,
  assumeFrom: number | null = null,
): number {
  const possible = [calledAttended, unreachableEnd(policy, history), assumeFrom].filter((time) => time !== null);
  const called = Math.min(...possible);
  const due = Math.max(askedAttended, thawed?.calledAttended ?? called) + requestWait(policy, r) + putOffMs;
  if (thawed === undefined) return due;
  // Why less than the whole wait after the call that a freeze asks for: that runs on from the first one.
  const anew = Math.min(requestWait(policy, r), longestAnewMs) + putOffMs;
  return Math.max(due, Math.max(thawed.atAttended, called) + anew);
}

/** A signed sign refuses what is open, but for what the owner said may go on. @param leaves ids of requests */
export function refuseRequests(history: SwitchHistory, leaves: readonly string[], attendedNow: number): SwitchHistory {
  const requests = history.requests
    .filter(({ refusedAttended }) => refusedAttended === null || attendedNow < refusedAttended + askAgainMs)
    .map((one) => (isOpen(one) && !leaves.includes(one.id) ? { ...one, refusedAttended: attendedNow } : one));
  return { ...history, requests };
}

/** A weak sign: somebody may have followed a link for the owner, so it refuses nothing, and gives the owner three days more. */
export function putOffRequests(history: SwitchHistory): SwitchHistory {
  const requests = history.requests.map((one) => (isOpen(one) ? { ...one, putOffMs: weakPutOffMs } : one));
  return { ...history, requests };
}
