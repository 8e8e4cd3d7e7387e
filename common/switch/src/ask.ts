import { deriveSwitch } from "./derive.ts";
import { isReleasable, type SwitchHistory, type SwitchRequest } from "./history.ts";
import type { SwitchPolicy } from "./policy.ts";
import { askAgainMs, openRequests } from "./requests.ts";
import type { SwitchState } from "./states.ts";
import { SwitchError } from "./switch-error.ts";
import { withHeard } from "./unreachable.ts";

const canBeAsked: readonly SwitchState[] = ["armed", "reminding", "grace", "requested", "lastCall"];

/**
 * A recipient who proved their key asks for the bequest. Throws SwitchError `may-not-ask` unless the bound policy names them and the switch
 * runs, `asked-already` while an earlier request is open, `asked-too-soon` after a refusal. Source: protocol §5, Requests.
 */
export function applyRequest(
  policy: SwitchPolicy,
  history: SwitchHistory,
  { id, r }: { readonly id: string; readonly r: string },
  attendedNow: number,
): SwitchHistory {
  const mayAsk = policy.requests.some((one) => one.r === r);
  const isWaiting = history.slots.some((slot) => slot.r === r && isReleasable(slot));
  if (!mayAsk || !isWaiting || !canBeAsked.includes(deriveSwitch(policy, history, attendedNow).state))
    throw new SwitchError("may-not-ask", "this recipient may not ask for this bequest now");
  const before = history.requests.find((one) => one.r === r);
  if (before !== undefined) requireAnswered(before, attendedNow);
  const asked = { id, r, askedAttended: attendedNow, calledAttended: null, putOffMs: 0, refusedAttended: null };
  return { ...history, requests: [...history.requests.filter((one) => one.r !== r), asked] };
}

function requireAnswered({ refusedAttended }: SwitchRequest, now: number): void {
  if (refusedAttended === null) throw new SwitchError("asked-already", "the owner has not answered yet");
  if (now < refusedAttended + askAgainMs)
    throw new SwitchError("asked-too-soon", "the owner refused a short while ago");
}

/** A channel took the call about these requests: their waits begin. Not noted unless such a call is due. */
export function applyRequestsCalled(
  policy: SwitchPolicy,
  history: SwitchHistory,
  ids: readonly string[],
  attendedNow: number,
): { history: SwitchHistory; noted: boolean } {
  const { actions } = deriveSwitch(policy, history, attendedNow);
  if (!actions.some(({ do: what }) => what === "callAboutRequest")) return { history, noted: false };
  const waiting = openRequests(history).filter(({ calledAttended }) => calledAttended === null);
  const called = new Set(waiting.map(({ id }) => id).filter((id) => ids.includes(id)));
  const requests = history.requests.map((one) => (called.has(one.id) ? { ...one, calledAttended: attendedNow } : one));
  return { history: { ...withHeard(policy, history, attendedNow), requests }, noted: true };
}
