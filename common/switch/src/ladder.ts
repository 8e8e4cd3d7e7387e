import type { AcceptedReminder, Gap, SwitchHistory } from "./history.ts";
import { dayMs, lastCallWait, longestAnewMs, type SwitchPolicy } from "./policy.ts";
import type { ReminderPhase } from "./states.ts";
import { SwitchError } from "./switch-error.ts";
import { unreachableEnd } from "./unreachable.ts";

/** Outages put off the end of a phase for so long at most: a machine that runs for a few hours a day would else never release anything. */
const longestPutOffMs = 14 * dayMs;

/** When each phase of the present silence really began; null where it did not begin yet. Attended ms. */
export type Ladder = {
  readonly signed: number;
  readonly firstReminder: number;
  readonly intervalEnd: number;
  readonly graceBegan: number | null;
  readonly graceEnd: number | null;
  readonly lastCallBegan: number | null;
  readonly lastCallAccepted: number | null;
  /** The same, where a freeze asked for another last call: when the first one was accepted. */
  readonly firstCalled: number | null;
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
  const signed = silenceBegan(history);
  const { interval, grace, reminders } = policy.times;
  const firstReminder = signed + (reminders[0] ?? interval);
  const intervalEnd = signed + interval;
  const otherwise = [unreachableEnd(policy, history), assumeFrom];
  const toldIn = (phase: ReminderPhase, since: number) =>
    firstOf(since, acceptedIn(history, phase, since), ...otherwise);
  const toldAfter = (since: number) => firstOf(since, acceptedAfter(history, since), ...otherwise);

  // Why gaps of the phase since it began alone: where a longer policy led back, it begins anew, and a whole phase is more than a gap asks.
  // Why no limit for what a freeze asks for: freezes are limited themselves.
  const endOf = (phase: Gap["phase"], since: number, time: number, until: number | null = null) => {
    const end = later(toldIn(phase, since), time);
    const isInside = ({ atAttended, isThaw }: Gap) =>
      atAttended >= since &&
      (until === null || atAttended <= until) &&
      (isThaw === true || end === null || atAttended < end + longestPutOffMs);
    return afterGaps(
      history.gaps.filter((gap) => gap.phase === phase && isInside(gap)),
      end,
      toldAfter,
    );
  };

  const graceBegan = endOf("reminding", firstReminder, intervalEnd);
  const graceEnd = graceBegan === null ? null : graceBegan + grace;
  const callableFrom = (until: number | null) =>
    graceBegan === null ? null : endOf("grace", graceBegan, graceBegan + grace, until);
  const lastCallBegan = callableFrom(null);
  const lastCallAccepted =
    lastCallBegan === null ? null : firstOf(lastCallBegan, acceptedCall(history, lastCallBegan), ...otherwise);
  const before = history.calledBeforeThaw;
  // Why only what was outstanding then: a call that was made too early for a policy which was bound since is none.
  const couldBeCalled = callableFrom(before);
  const kept = before !== null && couldBeCalled !== null && before >= couldBeCalled ? before : null;
  const due = lastCallAccepted === null ? null : dueAfter(policy, lastCallAccepted, kept);
  const phases = { signed, firstReminder, intervalEnd, graceBegan, graceEnd };
  return { ...phases, lastCallBegan, lastCallAccepted, firstCalled: kept ?? lastCallAccepted, due };
}

/** Of a last call that is made again after a freeze the whole wait runs on from the first one. @param before when that was accepted */
function dueAfter(policy: SwitchPolicy, lastCallAccepted: number, before: number | null): number {
  const wait = lastCallWait(policy.times);
  if (before === null) return lastCallAccepted + wait;
  return Math.max(before + wait, lastCallAccepted + Math.min(wait, longestAnewMs));
}

/** Whether a channel really took the last call that belongs to this ladder. */
export function isCallAccepted(history: SwitchHistory, { lastCallBegan }: Ladder): boolean {
  return lastCallBegan !== null && acceptedCall(history, lastCallBegan) !== null;
}

/** Puts an end off for every outage. Null where one still waits for its reminder. */
function afterGaps(
  gaps: readonly Gap[],
  end: number | null,
  toldAfter: (since: number) => number | null,
): number | null {
  return gaps.reduce<number | null>((latest, { atAttended, extraMs, notBefore }) => {
    const told = toldAfter(atAttended);
    return latest === null || told === null ? null : Math.max(latest, told + extraMs, notBefore);
  }, end);
}

/** Silence begins with the last sign, or with the end of a pause if that is later. */
export function silenceBegan({ lastSign, paused }: SwitchHistory): number {
  if (lastSign === null) throw new SwitchError("no-sign", "a bound policy always comes with a sign");
  return Math.max(lastSign.attended, paused?.untilAttended ?? 0);
}

function acceptedIn(history: SwitchHistory, phase: ReminderPhase, since: number): number | null {
  return earliest(history, since, (reminder) => reminder.phase === phase);
}

function acceptedAfter(history: SwitchHistory, since: number): number | null {
  return earliest(history, since, () => true);
}

function earliest(
  { remindersAccepted, lastSign }: SwitchHistory,
  since: number,
  counts: (reminder: AcceptedReminder) => boolean,
): number | null {
  // Why a loop: everything that is shown, waited for or decided asks this several times, and an owner in grace is told every day.
  let first: number | null = null;
  for (const reminder of remindersAccepted) {
    if (reminder.lastSign !== lastSign?.id || reminder.atAttended < since || !counts(reminder)) continue;
    if (first === null || reminder.atAttended < first) first = reminder.atAttended;
  }
  return first;
}

function acceptedCall({ lastCallAcceptedAttended: accepted }: SwitchHistory, since: number): number | null {
  return accepted !== null && accepted >= since ? accepted : null;
}

/** The first of several times, none of which counts before `since`; null if there is none. */
function firstOf(since: number, ...times: readonly (number | null)[]): number | null {
  const known = times.filter((time): time is number => time !== null);
  return known.length === 0 ? null : Math.max(since, Math.min(...known));
}

function later(fact: number | null, time: number): number | null {
  return fact === null ? null : Math.max(fact, time);
}
