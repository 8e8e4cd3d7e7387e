import { type SwitchHistory, withFreshSilence } from "./history.ts";
import { coolingMs, holdFloorMs, type SwitchPolicy } from "./policy.ts";
import { withdrawUnfetched } from "./sign.ts";
import { SwitchError } from "./switch-error.ts";

/**
 * The keyholder's store was restored, so newer signs may be lost: what was not fetched goes back, silence begins again, and
 * nothing moves until the owner signs or the hold ends. What cooled is dropped: the owner may have cancelled it in the time that
 * was lost, as they may have refused what was asked. Source: specs/statements.md, Restore.
 *
 * @param restore names the restore, so that its owner is told of it once; empty where there was none, as after a clock in doubt
 */
export function applyRestore(
  { times }: SwitchPolicy,
  history: SwitchHistory,
  attendedNow: number,
  restore = "",
): SwitchHistory {
  const { interval, grace } = times;
  const untilAttended = attendedNow + Math.max(interval + grace, holdFloorMs);
  const silent = beginSilence(withdrawUnfetched(history).history, attendedNow);
  return { ...silent, cooling: null, requests: [], held: { untilAttended, ...(restore === "" ? {} : { restore }) } };
}

/**
 * Its owner signed while the record could not be read, so what is known of it is older than what the keyholder accepted: held from that sign on, as after a
 * restore.
 *
 * Why what cools stays: no restore lost what cancels it, and the keyholder's answers said nothing of it being dropped, so every device counts on it. It cools anew, since
 * those answers could not list it either.
 *
 * @param missed.isDropped what cools goes with it: a device was taken away
 */
export function applyMissedSign(
  policy: SwitchPolicy,
  history: SwitchHistory,
  { attended, isDropped }: { readonly attended: number; readonly isDropped: boolean },
): SwitchHistory {
  const held = applyRestore(policy, history, attended);
  if (history.cooling === null || isDropped) return held;
  return { ...held, cooling: { ...history.cooling, bindsAtAttended: attended + coolingMs } };
}

/** The hold ran to its cap. Silence begins again with the full interval. Throws SwitchError `not-due` before. */
export function applyHoldLifted(history: SwitchHistory, attendedNow: number): SwitchHistory {
  if (history.held === null || attendedNow < history.held.untilAttended)
    throw new SwitchError("not-due", "the hold has not ended");
  return { ...beginSilence(history, attendedNow), held: null };
}

/** Why the sign keeps its id but not its time: it is still the last one known, and time before now cannot be trusted. */
function beginSilence(history: SwitchHistory, attendedNow: number): SwitchHistory {
  const lastSign = history.lastSign && { ...history.lastSign, attended: attendedNow };
  return { ...withFreshSilence(history), lastSign };
}
