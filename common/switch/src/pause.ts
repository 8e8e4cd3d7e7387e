import { type SwitchHistory, withFreshSilence } from "./history.ts";
import { dayMs, type SwitchPolicy } from "./policy.ts";
import { type AppliedSign, applySign, withdrawUnfetched } from "./sign.ts";

/** The hard end of every pause (attended): an owner who never returns from one is silent all the same. */
export const longestPauseMs = 365 * dayMs;

/**
 * The owner's key pauses a bequest: a signed sign, and from the pause's end on the full interval. A pause of nothing ends the present one,
 * as every other statement of the owner's key does; check-ins do not. Source: protocol §4.
 *
 * @param pause.forMs attended ms, cut at the hard end
 */
export function applyPause(
  policy: SwitchPolicy | null,
  history: SwitchHistory,
  pause: { readonly id: string; readonly forMs: number },
  attendedNow: number,
): AppliedSign {
  const signed = applySign(policy, history, { id: pause.id, class: "signed" }, attendedNow);
  return { ...signed, history: { ...signed.history, paused: pauseFrom(pause, attendedNow) } };
}

/**
 * A pause that a restored store had lost: no sign of life, and it never shortens one that is known. What was decided without it and not fetched goes back, as by a disarm
 * that comes so late: nothing is given while it lasts. The same history, not a copy, where it changes nothing.
 *
 * @param pause.atAttended when it was taken back; it counts from then on
 */
export function applyLostPause(
  history: SwitchHistory,
  pause: { readonly id: string; readonly forMs: number; readonly atAttended: number },
  attendedNow: number,
): { history: SwitchHistory; withdrawnRecipients: readonly string[] } {
  const paused = pauseFrom(pause, pause.atAttended);
  const isLonger = (paused?.untilAttended ?? 0) > Math.max(history.paused?.untilAttended ?? 0, attendedNow);
  if (!isLonger) return { history, withdrawnRecipients: [] };
  return withdrawUnfetched({ ...withFreshSilence(history), paused, requests: [] });
}

function pauseFrom(
  { id, forMs }: { readonly id: string; readonly forMs: number },
  now: number,
): SwitchHistory["paused"] {
  return forMs > 0 ? { id, untilAttended: now + Math.min(forMs, longestPauseMs) } : null;
}
