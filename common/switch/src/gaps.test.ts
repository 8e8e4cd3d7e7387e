import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { applyGap } from "./gaps.ts";
import type { SwitchHistory } from "./history.ts";
import { anArmedSwitch, aPolicy, days, hours } from "./testing/an-armed-switch.ts";
import { withDueReminder } from "./testing/with-due-reminder.ts";

const policy = aPolicy();
const armed = anArmedSwitch({ policy }).history;

const told = (history: SwitchHistory, now: number) => withDueReminder(policy, history, now);

const stateAt = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now).state;
const dueAt = (history: SwitchHistory, now: number) =>
  deriveSwitch(policy, history, now).actions.flatMap((action) => (action.do === "remind" ? [action.phase] : []));

describe("an outage", () => {
  const warned = told(armed, days(27));

  it("of six hours asks for a message and three hours after it; a shorter one for nothing", () => {
    expect(applyGap(policy, warned, hours(6) - 1, days(29))).toBe(warned);
    const gap = applyGap(policy, warned, hours(6), days(29));
    expect(dueAt(gap, days(29))).toEqual(["gap"]);
    expect(stateAt(gap, days(40))).toBe("reminding");
    const late = told(gap, days(40));
    expect(dueAt(late, days(40))).toEqual([]);
    expect(stateAt(late, days(40) + hours(3) - 1)).toBe("reminding");
    expect(stateAt(late, days(40) + hours(3))).toBe("grace");
  });

  it("never adds more than three days, and never takes anything away", () => {
    const long = told(applyGap(policy, warned, days(4000), days(29.9)), days(29.9));
    expect(stateAt(long, days(32.9) - 1)).toBe("reminding");
    expect(stateAt(long, days(32.9))).toBe("grace");
    const early = told(applyGap(policy, warned, days(4000), days(28)), days(28));
    expect(stateAt(early, days(31))).toBe("grace");
    const soon = told(applyGap(policy, warned, hours(6), days(28)), days(28));
    expect(stateAt(soon, days(30) - 1)).toBe("reminding");
    expect(stateAt(soon, days(30))).toBe("grace");
  });

  it("after another one of the same day asks for no second message, but for its own hours", () => {
    const first = told(applyGap(policy, warned, hours(8), days(29.5)), days(29.5));
    const second = applyGap(policy, first, hours(40), days(29.75));
    expect(dueAt(second, days(29.75))).toEqual([]);
    expect(stateAt(second, days(29.75) + hours(20) - 1)).toBe("reminding");
    expect(stateAt(second, days(29.75) + hours(20))).toBe("grace");
    const nextDay = applyGap(policy, first, hours(8), days(30.5) - 1);
    expect(stateAt(nextDay, days(30.5) - 1)).toBe("grace");
  });

  it("a day later asks anew", () => {
    const first = told(applyGap(policy, warned, hours(8), days(28)), days(28));
    const second = applyGap(policy, first, hours(8), days(29));
    expect(dueAt(second, days(29))).toEqual(["gap"]);
    expect(second.gaps.map(({ index }) => index)).toEqual([0, 1]);
  });

  it("keeps every earlier one as it was, and is written down with what it asks for", () => {
    const first = applyGap(policy, warned, hours(8), days(27.5));
    const second = applyGap(policy, first, hours(10), days(28.5));
    const gap = { phase: "reminding", notBefore: 0 };
    expect(second.gaps).toEqual([
      { ...gap, index: 0, atAttended: days(27.5), extraMs: hours(4) },
      { ...gap, index: 1, atAttended: days(28.5), extraMs: hours(5) },
    ]);
    const third = applyGap(policy, second, hours(12), days(29));
    expect(third.gaps).toEqual([second.gaps[0], { ...second.gaps[1], notBefore: days(29) + hours(6) }]);
  });

  it("before the first reminder, and in the last call, is nothing that anybody waits for", () => {
    expect(applyGap(policy, armed, days(9), days(1))).toBe(armed);
    const grace = told(warned, days(30));
    const lastCall = told(grace, days(44));
    expect(stateAt(lastCall, days(44))).toBe("lastCall");
    expect(applyGap(policy, lastCall, days(9), days(44))).toBe(lastCall);
  });

  it("every day puts an end off for two weeks at most: a machine of office hours releases all the same", () => {
    let [history, now, end] = [warned, days(27), 0];
    while (end === 0 && now < days(200)) {
      now += hours(8) - 1;
      history = told(history, now);
      if (stateAt(history, now) === "grace") end = now;
      history = applyGap(policy, history, hours(16), now);
    }
    expect(end).toBeGreaterThan(days(40));
    expect(end).toBeLessThan(days(30 + 14 + 3));
  });

  it("puts an end off where it falls into the two weeks after it, and no later", () => {
    const first = applyGap(policy, warned, hours(6), days(29.9));
    const endAfter = (second: number) => {
      const history = told(told(applyGap(policy, first, days(10), second), days(44)), days(44));
      return [days(44) + hours(3), days(47)].find((now) => stateAt(history, now) === "grace");
    };
    expect(endAfter(days(44) - 1)).toBe(days(47));
    expect(endAfter(days(44))).toBe(days(44) + hours(3));
  });

  it("makes the earliest release later by what it adds", () => {
    const before = deriveSwitch(policy, warned, days(29.9)).left;
    const gap = applyGap(policy, warned, days(10), days(29.9));
    expect(deriveSwitch(policy, gap, days(29.9)).left - before).toBe(days(3) - days(0.1));
  });
});
