import { describe, expect, it } from "vitest";
import { checkPolicyTimes, defaultTimes } from "./limits.ts";
import type { SwitchTimes } from "./policy.ts";
import { aPolicy, aRecipient, days, hours } from "./testing/an-armed-switch.ts";

const fine = aPolicy();
const withTimes = (changes: Partial<SwitchTimes>) =>
  checkPolicyTimes(aPolicy({ times: { ...fine.times, ...changes } }));

describe("limits of a policy", () => {
  it("accepts what a person starts from, for every allowed interval", () => {
    for (const interval of [days(1), days(30), days(366)])
      expect(checkPolicyTimes({ ...defaultTimes(interval), requests: [], recipients: [{ delay: 0 }] })).toEqual([]);
  });
  it("starts from reminders at half, three quarters and nine tenths, grace 14 days, last call 72 hours", () => {
    expect(defaultTimes(days(30))).toEqual({
      times: { interval: days(30), reminders: [days(15), days(22.5), days(27)], grace: days(14), lastCall: hours(72) },
      weakMax: days(60),
      unreachableExtra: days(60),
    });
    expect(defaultTimes(days(100)).unreachableExtra).toBe(days(100));
  });
  it.each([
    ["interval-out-of-range", withTimes({ interval: days(366) + 1 })],
    ["grace-out-of-range", withTimes({ grace: days(1) - 1 })],
    ["grace-out-of-range", withTimes({ grace: days(180) + 1 })],
    ["last-call-out-of-range", withTimes({ lastCall: hours(12) - 1 })],
    ["last-call-out-of-range", withTimes({ lastCall: Number.MAX_SAFE_INTEGER })],
    ["reminders-not-inside-the-interval", withTimes({ reminders: [] })],
    ["reminders-not-inside-the-interval", withTimes({ reminders: [0] })],
    ["reminders-not-inside-the-interval", withTimes({ reminders: [days(2), days(2)] })],
    ["reminders-not-inside-the-interval", withTimes({ reminders: [days(30)] })],
    ["reminders-not-inside-the-interval", withTimes({ reminders: Array.from({ length: 17 }, (_, i) => i + 1) })],
    ["weak-max-out-of-range", checkPolicyTimes(aPolicy({ weakMax: days(60) + 1 }))],
    ["unreachable-extra-out-of-range", checkPolicyTimes(aPolicy({ unreachableExtra: days(59) }))],
    ["delay-out-of-range", checkPolicyTimes(aPolicy({ recipients: [aRecipient("anna", { delay: days(367) })] }))],
    ["delay-out-of-range", checkPolicyTimes(aPolicy({ recipients: [aRecipient("anna", { delay: 0.5 })] }))],
  ])("refuses %s", (code, problems) => {
    expect(problems).toEqual([code]);
  });
  it.each([
    ["grace", days(1), days(180), (grace: number) => withTimes({ grace })],
    ["last-call", hours(12), days(366), (lastCall: number) => withTimes({ lastCall })],
    ["weak-max", 0, days(60), (weakMax: number) => checkPolicyTimes(aPolicy({ weakMax }))],
    [
      "unreachable-extra",
      days(60),
      days(366),
      (unreachableExtra: number) => checkPolicyTimes(aPolicy({ unreachableExtra })),
    ],
    [
      "request-wait",
      hours(72),
      days(366),
      (wait: number) => checkPolicyTimes(aPolicy({ requests: [{ r: "anna", wait }] })),
    ],
    [
      "delay",
      0,
      days(366),
      (delay: number) => checkPolicyTimes(aPolicy({ recipients: [aRecipient("anna"), aRecipient("ben", { delay })] })),
    ],
  ])("takes for %s all from %i to %i ms, and nothing else", (name, min, max, problems) => {
    for (const value of [min, max]) expect(problems(value)).toEqual([]);
    for (const value of [min - 1, max + 1, min + 0.5, Number.NaN])
      expect(problems(value)).toEqual([`${name}-out-of-range`]);
  });
  it("takes an interval from a day to a year and a day, and one to sixteen reminders", () => {
    const reminders = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
    for (const interval of [days(1), days(366)])
      expect(withTimes({ interval, reminders: [1] })).not.toContain("interval-out-of-range");
    expect(withTimes({ interval: days(366) + 1 })).toEqual(["interval-out-of-range"]);
    for (const count of [1, 16]) expect(withTimes({ reminders: reminders(count) })).toEqual([]);
    for (const count of [0, 17]) expect(withTimes({ reminders: reminders(count) })).not.toEqual([]);
    expect(withTimes({ reminders: [1.5, 2.5] })).not.toEqual([]);
  });
  it("accepts reminders from the first millisecond to the last one before the interval's end", () => {
    expect(withTimes({ reminders: [1, 2, days(30) - 1] })).toEqual([]);
  });
  it("refuses an interval under a day", () => {
    expect(withTimes({ interval: days(1) - 1, reminders: [1] })).toContain("interval-out-of-range");
  });
});
