import type { SwitchHistory } from "./history.ts";
import { dayMs, type SwitchPolicy } from "./policy.ts";

/** On so many different attended days the keyholder itself must have tried in vain. */
const triesNeeded = 5;
/** For so long no channel may have taken anything. */
const silentForMs = 14 * dayMs;

/**
 * When the owner counts as unreachable if nothing is accepted before; null while too little was tried. A dead person's mailbox must not
 * keep a release waiting for ever, and one bad week of a mail server must not bring one. Source: protocol §5, Reminders.
 */
export function unreachableFrom({ unheard }: SwitchHistory): number | null {
  if (unheard === null || unheard.enoughAttended === null) return null;
  return Math.max(unheard.enoughAttended, unheard.sinceAttended + silentForMs);
}

/** When, if nothing is accepted before, the release goes on as if all had been: one extra interval after that. */
export function unreachableEnd(policy: SwitchPolicy, history: SwitchHistory): number | null {
  const from = unreachableFrom(history);
  return from === null ? null : from + policy.unreachableExtra;
}

/** When the keyholder's next try counts: at most one a day does, so that a burst of refusals is not five days. */
export function nextTryCounts({ unheard }: SwitchHistory): number {
  return unheard === null ? 0 : unheard.lastAttended + dayMs;
}

/** The keyholder tried every channel of the owner itself, and none took it. Tries within a day of one that counted change nothing. */
export function applyTriedInVain(history: SwitchHistory, attendedNow: number): SwitchHistory {
  if (attendedNow < nextTryCounts(history)) return history;
  const before = history.unheard ?? { sinceAttended: attendedNow, tries: 0, enoughAttended: null };
  const tries = before.tries + 1;
  const enoughAttended = before.enoughAttended ?? (tries >= triesNeeded ? attendedNow : null);
  return { ...history, unheard: { ...before, tries, lastAttended: attendedNow, enoughAttended } };
}

/**
 * A channel took something after all: what was tried in vain counts no more. Once the extra interval is over it stays over, else a
 * mailbox that comes and goes could lead a release back again and again.
 */
export function withHeard(policy: SwitchPolicy, history: SwitchHistory, attendedNow: number): SwitchHistory {
  const end = unreachableEnd(policy, history);
  return end !== null && attendedNow >= end ? history : { ...history, unheard: null };
}
