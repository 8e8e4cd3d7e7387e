import type { SwitchHistory } from "./history.ts";
import { dayMs } from "./policy.ts";
import { openRequests } from "./requests.ts";
import type { ReminderPhase } from "./states.ts";

type RequestReminder = { readonly phase: ReminderPhase; readonly index: number };

/**
 * While a recipient waits for an answer the owner is told once a day, from the day after the call on. Nothing waits for these: one mail that
 * went astray must not be all that stood between a living owner and a release.
 *
 * @param asked when the first one who waits asked
 */
export function dueRequestReminder(history: SwitchHistory, asked: number, now: number): RequestReminder | null {
  const index = Math.floor((now - asked) / dayMs);
  const isTold = history.remindersAccepted.some(
    (one) => one.phase === "request" && one.index === index && one.atAttended >= asked + index * dayMs,
  );
  return index === 0 || isTold ? null : { phase: "request", index };
}

/** When the next one is due. */
export function nextRequestReminder(asked: number, now: number): number {
  return asked + (Math.floor((now - asked) / dayMs) + 1) * dayMs;
}

/** The oldest open request names the days; infinite where nobody waits. */
export function firstAsked(history: SwitchHistory): number {
  return Math.min(...openRequests(history).map(({ askedAttended }) => askedAttended));
}
