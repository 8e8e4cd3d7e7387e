import type { Gap, SwitchHistory } from "./history.ts";
import { type Ladder, ladderOf } from "./ladder.ts";
import { dayMs, type SwitchPolicy } from "./policy.ts";
import { firstAsked } from "./request-reminders.ts";
import type { ReminderPhase } from "./states.ts";
import { withHeard } from "./unreachable.ts";

export type ReminderRef = { readonly phase: ReminderPhase; readonly index: number };

/**
 * The newest reminder of the present phase that is due and that no channel accepted yet, else the one that an outage asks for. Older ones are
 * not asked for again: after an outage a person gets one message that is true, not five that were. Call before the last call alone.
 */
export function dueReminder(
  policy: SwitchPolicy,
  history: SwitchHistory,
  ladder: Ladder,
  now: number,
): ReminderRef | null {
  const newest = newestReminder(policy, ladder, now);
  if (newest === null) return null;
  const { phase, index, dueAt } = newest;
  if (!isAccepted(history, newest, dueAt)) return { phase, index };
  // Why of this phase alone: of another one, where a longer policy led back, no reminder would be noted.
  const gap = history.gaps.findLast((one) => one.phase === phase && one.atAttended <= now && !isToldOf(history, one));
  return gap === undefined ? null : { phase: "gap", index: gap.index };
}

type Newest = { readonly phase: Gap["phase"]; readonly index: number; readonly dueAt: number };

function newestReminder(policy: SwitchPolicy, { signed, graceBegan }: Ladder, now: number): Newest | null {
  if (graceBegan !== null && now >= graceBegan) {
    const index = Math.floor((now - graceBegan) / dayMs);
    return { phase: "grace", index, dueAt: graceBegan + index * dayMs };
  }
  const index = policy.times.reminders.findLastIndex((offset) => signed + offset <= now);
  const offset = policy.times.reminders[index];
  return offset === undefined ? null : { phase: "reminding", index, dueAt: signed + offset };
}

/** Any message after the outage will do. */
function isToldOf({ remindersAccepted, lastSign }: SwitchHistory, { atAttended }: Gap): boolean {
  return remindersAccepted.some((one) => one.lastSign === lastSign?.id && one.atAttended >= atAttended);
}

/** Why since it was due: one of the same number may have been accepted before the phase began anew under a longer policy, or for an earlier request. */
function isAccepted(history: SwitchHistory, { phase, index }: ReminderRef, dueAt: number): boolean {
  return history.remindersAccepted.some(
    (one) =>
      one.phase === phase && one.index === index && one.lastSign === history.lastSign?.id && one.atAttended >= dueAt,
  );
}

/**
 * Notes that a channel accepted a reminder. `noted` is false for another silence, a phase that is not the present one, or a switch that is
 * not running: there is nothing to retry then. The same reminder again is noted and changes nothing.
 */
export function applyReminderAccepted(
  policy: SwitchPolicy,
  history: SwitchHistory,
  reminder: ReminderRef & { readonly lastSign: string },
  attendedNow: number,
): { history: SwitchHistory; noted: boolean } {
  const isRunning = history.disarmed === null && history.held === null && history.decision === null;
  if (!isRunning || history.lastSign?.id !== reminder.lastSign) return { history, noted: false };
  const ladder = ladderOf(policy, history);
  const dueAt = reminderTime(policy, history, ladder, reminder);
  if (dueAt === null || attendedNow < dueAt) return { history, noted: false };
  if (isAccepted(history, reminder, dueAt)) return { history, noted: true };
  // Why: what nobody waits for any more must not count as having reached the owner, or a zone that lies could keep a dead one waiting.
  const isPresent = reminder.phase === "request" || phaseOf(history, reminder) === presentPhase(ladder, attendedNow);
  if (!isPresent) return { history, noted: false };
  const { phase, index, lastSign } = reminder;
  const accepted = { phase, index, lastSign, atAttended: attendedNow };
  // Why not for a request: no step waits for it, so it must not count against the owner being out of reach.
  const heard = phase === "request" ? history : withHeard(policy, history, attendedNow);
  return { history: { ...heard, remindersAccepted: [...history.remindersAccepted, accepted] }, noted: true };
}

function presentPhase(ladder: Ladder, now: number): Gap["phase"] | "lastCall" {
  if (ladder.lastCallBegan !== null && now >= ladder.lastCallBegan) return "lastCall";
  return ladder.graceBegan !== null && now >= ladder.graceBegan ? "grace" : "reminding";
}

/** The phase whose end waits for a reminder. */
function phaseOf({ gaps }: SwitchHistory, { phase, index }: ReminderRef): ReminderPhase | undefined {
  return phase === "gap" ? gaps.find((gap) => gap.index === index)?.phase : phase;
}

function reminderTime(
  policy: SwitchPolicy,
  history: SwitchHistory,
  ladder: Ladder,
  { phase, index }: ReminderRef,
): number | null {
  if (phase === "request") return requestReminderTime(history, index);
  if (phase === "grace") return ladder.graceBegan === null ? null : ladder.graceBegan + index * dayMs;
  if (phase === "gap") return history.gaps.find((gap) => gap.index === index)?.atAttended ?? null;
  const offset = policy.times.reminders[index];
  return offset === undefined ? null : ladder.signed + offset;
}

function requestReminderTime(history: SwitchHistory, index: number): number | null {
  return index === 0 ? null : firstAsked(history) + index * dayMs;
}
