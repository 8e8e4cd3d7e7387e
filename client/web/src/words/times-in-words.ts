import { dayMs, type SwitchTimes } from "@afterkeep/switch";
import { formatDay, formatMoment, formatShortDay, formatSpan, type Reader } from "./dates.ts";

export type DatedStep = { at: number; when: string; what: string; last: boolean };

function listDays(moments: readonly number[], reader: Reader): string {
  return [...new Set(moments.map((moment) => formatShortDay(moment, reader)))].join(" · ");
}

/**
 * What follows, step by step and with dates, if somebody checks in at `fromMs` and never again. The dates are the earliest
 * possible ones: time counts only while the service runs, so each can be later, never earlier.
 */
export function describeSilence(times: SwitchTimes, fromMs: number, reader: Reader = {}): DatedStep[] {
  const overdue = fromMs + times.interval;
  const lastCall = overdue + times.grace;
  const release = lastCall + times.lastCall;
  const reminders = times.reminders.map((offset) => fromMs + offset);
  const steps: DatedStep[] = [];
  if (reminders.length > 0) {
    steps.push({
      at: reminders[0] ?? fromMs,
      when: listDays(reminders, reader),
      what: "You get a reminder by e-mail. One press of the button in it is enough, and everything begins again.",
      last: false,
    });
  }
  steps.push(
    {
      at: overdue,
      when: formatDay(overdue, reader),
      what: `Your check-in is overdue. For ${formatSpan(times.grace)} you get a reminder every day. Nobody else is told yet.`,
      last: false,
    },
    {
      at: lastCall,
      when: formatDay(lastCall, reader),
      what: `A last call goes to you. You then still have ${formatSpan(times.lastCall)} to answer.`,
      last: false,
    },
    {
      at: release,
      when: formatMoment(release, reader),
      what: "The earliest moment anything can be released. The people you chose are told, and may open what you left them.",
      last: true,
    },
  );
  return steps;
}

export function silenceUntilRelease(times: SwitchTimes): number {
  return times.interval + times.grace + times.lastCall;
}

export function describeInterval(intervalMs: number): string {
  return `You tell us that you are well at least once every ${formatSpan(intervalMs)}. Checking in early is always fine: the full ${formatSpan(intervalMs)} begin again.`;
}

export function describeGrace(graceMs: number): string {
  return `If you miss a check-in, nothing opens for another ${formatSpan(graceMs)}. A hospital stay or a long journey should fit in here.`;
}

export function describeLastCall(lastCallMs: number): string {
  const short = lastCallMs < 72 * 3_600_000 ? " This is short: a weekend away could be longer." : "";
  return `After the last call you still have ${formatSpan(lastCallMs)} to answer.${short}`;
}

export function describeDelay(delayMs: number, releaseMs: number, reader: Reader = {}): string {
  if (delayMs === 0) return `May open from ${formatDay(releaseMs, reader)}, as soon as the rest is decided.`;
  return `May open ${formatSpan(delayMs)} after that: from ${formatDay(releaseMs + delayMs, reader)} at the earliest.`;
}

/** What an owner starts from who lets somebody ask. */
export const defaultRequestWaitMs = 14 * dayMs;

export function describeRequestWait(name: string, waitMs: number): string {
  return `If ${name} asks, we write to you at once and then every day. Check in within ${formatSpan(waitMs)} and the answer is no. If you say nothing, this bequest opens for everybody in it.`;
}
