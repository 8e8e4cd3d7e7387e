import { type SwitchHistory, withFreshSilence } from "./history.ts";
import { holdFloorMs, type SwitchPolicy } from "./policy.ts";
import { withdrawUnfetched } from "./sign.ts";
import { SwitchError } from "./switch-error.ts";

/**
 * The keyholder's store was restored, so newer signs may be lost: what was not fetched goes back, silence begins again, and
 * nothing moves until the owner signs or the hold ends. What cooled is dropped: the owner may have cancelled it in the time that
 * was lost, as they may have refused what was asked. Source: specs/statements.md, Restore.
 *
 * @param restore names the restore, so that its owner is told of it once; empty where there was none: a clock in doubt, or a sign that was missed
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
