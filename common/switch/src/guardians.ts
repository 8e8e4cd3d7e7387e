import { isFetched, type SwitchHistory, withFreshSilence } from "./history.ts";
import { dayMs, type SwitchPolicy } from "./policy.ts";
import { withdrawUnfetched } from "./sign.ts";
import { SwitchError } from "./switch-error.ts";

/** A guardian's stop lapses after this (attended): one person alone must not be able to keep a bequest back for ever. */
const stopMs = 30 * dayMs;

/** Whether as many guardians as are needed confirmed and nobody's stop runs. True where the policy names none. */
export function isConfirmed({ guardians }: SwitchPolicy, { confirmed, stops }: SwitchHistory, now: number): boolean {
  if (guardians === null) return true;
  return confirmed.length >= guardians.k && stops.every(({ untilAttended }) => now >= untilAttended);
}

/** A guardian confirms the present decision; twice changes nothing. Throws SwitchError `not-due` without one, `unknown-guardian` for others. */
export function applyConfirmed(policy: SwitchPolicy, history: SwitchHistory, guardian: string): SwitchHistory {
  requireGuardian(policy, history, guardian);
  if (history.confirmed.includes(guardian)) return history;
  return { ...history, confirmed: [...history.confirmed, guardian] };
}

/**
 * A guardian stops the present decision, once. As many as the policy asks for withdraw it; then the full interval begins. Throws as
 * `applyConfirmed`, and SwitchError `stopped-already`. Source: protocol §3, Guardian share.
 */
export function applyStop(
  policy: SwitchPolicy,
  history: SwitchHistory,
  guardian: string,
  attendedNow: number,
): { history: SwitchHistory; withdrawnRecipients: readonly string[] } {
  const guardians = requireGuardian(policy, history, guardian);
  if (history.stops.some((one) => one.guardian === guardian))
    throw new SwitchError("stopped-already", "a guardian stops a decision once");
  const stops = [...history.stops, { guardian, untilAttended: attendedNow + stopMs }];
  if (stops.length < guardians.s) return { history: { ...history, stops }, withdrawnRecipients: [] };
  const lastSign = history.lastSign && { ...history.lastSign, attended: attendedNow };
  return withdrawUnfetched({ ...withFreshSilence(history), lastSign });
}

function requireGuardian({ guardians }: SwitchPolicy, { decision, slots }: SwitchHistory, guardian: string) {
  if (decision === null || slots.every(isFetched)) throw new SwitchError("not-due", "nothing is decided");
  if (guardians === null || !guardians.ids.includes(guardian))
    throw new SwitchError("unknown-guardian", "no such guardian in this policy");
  return guardians;
}
