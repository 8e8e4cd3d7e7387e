import { deriveSwitch } from "./derive.ts";
import type { Gap, SwitchHistory } from "./history.ts";
import { ladderOf } from "./ladder.ts";
import { lastCallFloorMs, longestAnewMs, type SwitchPolicy } from "./policy.ts";

/**
 * The operators' freeze is over. No time was counted in it, so nobody's time is shorter; but whoever was warned before it may have read that nothing
 * runs. A switch that was warning its owner asks for one more reminder, some hours after it and, where that had been made, for the last call once more.
 *
 * Why the moment after this one: what was accepted before the freeze has the same attended time as what is accepted at once after it.
 * Source: specs/statements.md, Incident freeze.
 *
 * @param frozenMs for how long nothing ran (attended, but for the freeze)
 */
export function applyThaw(
  policy: SwitchPolicy,
  history: SwitchHistory,
  frozenMs: number,
  attendedNow: number,
): SwitchHistory {
  const from = attendedNow + 1;
  const requests = history.requests.map((one) => (one.refusedAttended === null ? askedAnew(one, from) : one));
  const thawed = { ...history, requests };
  // Why without what was asked: silence goes on beside it, and it is silence's own phase that is warned of anew.
  const { state } = deriveSwitch(policy, { ...history, requests: [] }, attendedNow);
  if (state !== "reminding" && state !== "grace" && state !== "lastCall") return thawed;
  const index = (history.gaps.at(-1)?.index ?? -1) + 1;
  const extraMs = Math.min(Math.max(Math.ceil(frozenMs / 2), lastCallFloorMs), longestAnewMs);
  const phase = state === "reminding" ? "reminding" : "grace";
  const gap: Gap = { index, phase, atAttended: from, extraMs, notBefore: 0, isThaw: true };
  const calledBeforeThaw = state === "lastCall" ? calledUntil(policy, history, attendedNow) : history.calledBeforeThaw;
  return { ...thawed, gaps: [...history.gaps, gap], calledBeforeThaw };
}

/** Why never in time to come: an owner who will count as unreachable then was not called yet. */
function calledUntil(policy: SwitchPolicy, history: SwitchHistory, attendedNow: number): number | null {
  const { firstCalled } = ladderOf(policy, history);
  return firstCalled !== null && firstCalled <= attendedNow ? firstCalled : null;
}

function askedAnew(one: SwitchHistory["requests"][number], from: number): SwitchHistory["requests"][number] {
  const calledAttended = one.thawed?.calledAttended ?? one.calledAttended;
  return { ...one, calledAttended: null, thawed: { atAttended: from, calledAttended } };
}
