import type { SwitchHistory } from "./history.ts";
import { lastCallWait, type SwitchPolicy } from "./policy.ts";
import type { ReminderPhase } from "./states.ts";
import { SwitchError } from "./switch-error.ts";

/** When each phase of the present silence really began; null where it did not begin yet. Attended ms. */
export type Ladder = {
  readonly signed: number;
  readonly firstReminder: number;
  readonly intervalEnd: number;
  readonly graceBegan: number | null;
  readonly graceEnd: number | null;
  readonly lastCallBegan: number | null;
  readonly lastCallAccepted: number | null;
  readonly due: number | null;
};

/**
 * Places the facts of the present silence on the phases of a policy.
 *
 * Why each phase begins at the later of its time and its reminder: a reminder that arrived late leaves the person the whole phase
 * that follows it. Why facts older than their phase do not count: after a policy changed, a last call sent under the old one
 * would otherwise stand for a last call that nobody got.
 *
 * @param assumeFrom if given, whatever is missing happens then, or at its first possible moment later: the earliest decision
 */
export function ladderOf(policy: SwitchPolicy, history: SwitchHistory, assumeFrom: number | null = null): Ladder {
  const signed = signedAt(history);
  const { interval, grace, reminders } = policy.times;
  const firstReminder = signed + (reminders[0] ?? interval);
  const intervalEnd = signed + interval;
  const accepted = (phase: ReminderPhase, since: number) =>
    firstReminderSince(history, phase, since) ?? assumed(assumeFrom, since);

  const graceBegan = later(accepted("reminding", firstReminder), intervalEnd);
  const graceEnd = graceBegan === null ? null : graceBegan + grace;
  const lastCallBegan =
    graceBegan === null || graceEnd === null ? null : later(accepted("grace", graceBegan), graceEnd);
  const lastCallAccepted = lastCallBegan === null ? null : acceptedCall(history, lastCallBegan, assumeFrom);
  const due = lastCallAccepted === null ? null : lastCallAccepted + lastCallWait(policy.times);
  return { signed, firstReminder, intervalEnd, graceBegan, graceEnd, lastCallBegan, lastCallAccepted, due };
}

function signedAt(history: SwitchHistory): number {
  if (history.lastSign === null) throw new SwitchError("no-sign", "a bound policy always comes with a sign");
  return history.lastSign.attended;
}

function firstReminderSince(history: SwitchHistory, phase: ReminderPhase, since: number): number | null {
  const times = history.remindersAccepted
    .filter((reminder) => reminder.phase === phase && reminder.lastSign === history.lastSign?.id)
    .map((reminder) => reminder.atAttended)
    .filter((at) => at >= since);
  return times.length === 0 ? null : Math.min(...times);
}

function acceptedCall(history: SwitchHistory, since: number, assumeFrom: number | null): number | null {
  const accepted = history.lastCallAcceptedAttended;
  return accepted !== null && accepted >= since ? accepted : assumed(assumeFrom, since);
}

function assumed(assumeFrom: number | null, since: number): number | null {
  return assumeFrom === null ? null : Math.max(assumeFrom, since);
}

function later(fact: number | null, time: number): number | null {
  return fact === null ? null : Math.max(fact, time);
}
