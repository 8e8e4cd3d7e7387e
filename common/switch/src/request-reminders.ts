import type { SwitchHistory } from "./history.ts";
import { dayMs } from "./policy.ts";
import { openRequests } from "./requests.ts";
import type { ReminderPhase } from "./states.ts";

type RequestReminder = { readonly phase: ReminderPhase; readonly index: number };

/**
 * While a recipient waits for an answer the owner is told once a day, from the day after the call on. Nothing waits for these: one mail that
 * went astray must not be all that stood between a living owner and a release.
 */
export function dueRequestReminder(history: SwitchHistory, now: number): RequestReminder | null {
  const asked = firstAsked(history);
  if (asked === null) return null;
  const index = Math.floor((now - asked) / dayMs);
  const isTold = history.remindersAccepted.some(
    (one) => one.phase === "request" && one.index === index && one.atAttended >= asked,
  );
  return index === 0 || isTold ? null : { phase: "request", index };
}

/** When the next one is due; null where nobody waits. */
export function nextRequestReminder(history: SwitchHistory, now: number): number | null {
  const asked = firstAsked(history);
  return asked === null ? null : asked + (Math.floor((now - asked) / dayMs) + 1) * dayMs;
}

/** The oldest open request names the days. */
export function firstAsked(history: SwitchHistory): number | null {
  const open = openRequests(history);
  return open.length === 0 ? null : Math.min(...open.map(({ askedAttended }) => askedAttended));
}
