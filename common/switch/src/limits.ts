import { dayMs, hourMs, lastCallFloorMs, requestFloorMs, type SwitchPolicy, type SwitchTimes } from "./policy.ts";

/** What a policy may ask for; durations in ms. */
export const timeLimits = {
  interval: { min: dayMs, max: 366 * dayMs },
  grace: { min: dayMs, max: 180 * dayMs },
  lastCall: { min: lastCallFloorMs, max: 366 * dayMs },
  delay: { min: 0, max: 366 * dayMs },
  requestWait: { min: requestFloorMs, max: 366 * dayMs },
  unreachableExtra: { min: 60 * dayMs, max: 366 * dayMs },
  reminders: { min: 1, max: 16 },
  weakMaxIntervals: 2,
} as const;

export type PolicyTimes = Pick<SwitchPolicy, "times" | "weakMax" | "unreachableExtra" | "requests"> & {
  readonly recipients: readonly { readonly delay: number }[];
};

/** What is wrong with the times of a policy, as codes; empty when all are within the limits. */
export function checkPolicyTimes({ times, weakMax, unreachableExtra, requests, recipients }: PolicyTimes): string[] {
  const problems: [boolean, string][] = [
    [!isWithin(times.interval, timeLimits.interval), "interval-out-of-range"],
    [!isWithin(times.grace, timeLimits.grace), "grace-out-of-range"],
    [!isWithin(times.lastCall, timeLimits.lastCall), "last-call-out-of-range"],
    [!areReminders(times), "reminders-not-inside-the-interval"],
    [!isWithin(weakMax, { min: 0, max: timeLimits.weakMaxIntervals * times.interval }), "weak-max-out-of-range"],
    [!isWithin(unreachableExtra, timeLimits.unreachableExtra), "unreachable-extra-out-of-range"],
    [requests.some(({ wait }) => !isWithin(wait, timeLimits.requestWait)), "request-wait-out-of-range"],
    [recipients.some(({ delay }) => !isWithin(delay, timeLimits.delay)), "delay-out-of-range"],
  ];
  return problems.filter(([isWrong]) => isWrong).map(([, code]) => code);
}

function isWithin(value: number, { min, max }: { min: number; max: number }): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

function areReminders({ reminders, interval }: SwitchTimes): boolean {
  const isInside = (offset: number, i: number) =>
    Number.isSafeInteger(offset) && offset > (reminders[i - 1] ?? 0) && offset < interval;
  return isWithin(reminders.length, timeLimits.reminders) && reminders.every(isInside);
}

/** What a person starts from: reminders at half, three quarters and nine tenths, grace 14 days, last call 72 hours. */
export function defaultTimes(intervalMs: number): {
  times: SwitchTimes & { reminders: number[] };
  weakMax: number;
  unreachableExtra: number;
} {
  const reminders = [1 / 2, 3 / 4, 9 / 10].map((part) => Math.round(intervalMs * part));
  return {
    times: { interval: intervalMs, reminders, grace: 14 * dayMs, lastCall: 72 * hourMs },
    weakMax: timeLimits.weakMaxIntervals * intervalMs,
    unreachableExtra: Math.max(intervalMs, timeLimits.unreachableExtra.min),
  };
}
