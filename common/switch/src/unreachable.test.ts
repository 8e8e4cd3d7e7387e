import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { applyGap } from "./gaps.ts";
import type { SwitchHistory } from "./history.ts";
import { applyReminderAccepted } from "./reminders.ts";
import { applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, days, hours } from "./testing/an-armed-switch.ts";
import { applyTriedInVain } from "./unreachable.ts";

const policy = aPolicy({ unreachableExtra: days(60) });
const armed = anArmedSwitch({ policy }).history;
const at = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now);
const tryDue = (history: SwitchHistory, now: number) =>
  at(history, now).actions.some((action) => action.do === "reachOwner");

function tried(history: SwitchHistory, ...days_: number[]): SwitchHistory {
  return days_.reduce((known, day) => applyTriedInVain(known, days(day)), history);
}

function withReminders(history: SwitchHistory): SwitchHistory {
  const lastSign = history.lastSign?.id ?? "";
  const first = applyReminderAccepted(policy, history, { phase: "reminding", index: 2, lastSign }, days(27)).history;
  return applyReminderAccepted(policy, first, { phase: "grace", index: 0, lastSign }, days(30)).history;
}

describe("an owner whom nothing reaches", () => {
  it("is tried by the keyholder once a day from the interval's end on", () => {
    expect(tryDue(armed, days(30) - 1)).toBe(false);
    expect(tryDue(armed, days(30))).toBe(true);
    const once = tried(armed, 30);
    expect(tryDue(once, days(31) - 1)).toBe(false);
    expect(tryDue(once, days(31))).toBe(true);
  });

  it("counts as unreachable after tries on five days and fourteen days, whichever is later", () => {
    const five = tried(armed, 30, 31, 32, 33, 34);
    expect(at(five, days(44) - 1).waitsFor).toBe("reminder");
    expect(at(five, days(44)).waitsFor).toBe("unreachable");
    expect(at(tried(armed, 30, 31, 32, 33), days(60)).waitsFor).toBe("reminder");
    expect(at(tried(armed, 30, 31, 32, 33, 50), days(50) - 1).waitsFor).toBe("reminder");
    expect(at(tried(armed, 30, 31, 32, 33, 50), days(50)).waitsFor).toBe("unreachable");
  });

  it("is counted from the first try on, whenever that was, one a day to the millisecond", () => {
    const first = applyTriedInVain(armed, 0);
    expect(first.unheard).toEqual({ sinceAttended: 0, tries: 1, lastAttended: 0, enoughAttended: null });
    expect(applyTriedInVain(first, days(1) - 1)).toBe(first);
    expect(applyTriedInVain(first, days(1)).unheard).toMatchObject({ tries: 2, lastAttended: days(1) });
    const enough = tried(armed, 30, 31, 32, 33, 34);
    expect(enough.unheard).toMatchObject({ tries: 5, enoughAttended: days(34) });
    expect(tried(enough, 35).unheard).toMatchObject({ tries: 6, enoughAttended: days(34) });
  });

  it("is tried no more once the extra interval is over, also while an outage still puts the phase off", () => {
    const gap = applyGap(policy, tried(armed, 30, 31, 32, 33, 34), hours(40), days(103.5));
    expect(at(gap, days(104) - 1).actions).toContainEqual({ do: "reachOwner" });
    expect(at(gap, days(104))).toMatchObject({ state: "reminding", waitsFor: "unreachable" });
    expect(tryDue(gap, days(104))).toBe(false);
  });

  it("is not out of reach for five refusals of one day", () => {
    const burst = [0, 1, 2, 3, 4, 5].reduce((known, hour) => applyTriedInVain(known, days(30) + hours(hour)), armed);
    expect(burst.unheard).toMatchObject({ tries: 1, enoughAttended: null });
  });

  it("keeps everything waiting for the extra interval, then for grace and last call", () => {
    const gone = tried(armed, 30, 31, 32, 33, 34);
    expect(at(gone, days(104) - 1).state).toBe("reminding");
    expect(at(gone, days(104)).state).toBe("grace");
    expect(at(gone, days(118)).state).toBe("lastCall");
    expect(at(gone, days(121) - 1).actions).toEqual([{ do: "sendLastCall" }]);
    expect(at(gone, days(121)).actions).toEqual([{ do: "decide", trigger: "silence" }]);
  });

  it("is not in reach by reminders that nobody waits for any more, however often a zone claims them", () => {
    const gone = tried(armed, 30, 31, 32, 33, 34);
    const lastSign = armed.lastSign?.id ?? "";
    const inGrace = applyTriedInVain(gone, days(105));
    const old = applyReminderAccepted(policy, inGrace, { phase: "reminding", index: 0, lastSign }, days(105));
    expect(old).toEqual({ history: inGrace, noted: false });
    const called = tried(withReminders(armed), 44, 45, 46, 47, 48);
    expect(at(called, days(48)).state).toBe("lastCall");
    const late = applyReminderAccepted(policy, called, { phase: "grace", index: 18, lastSign }, days(48));
    expect(late).toEqual({ history: called, noted: false });
  });

  it("is heard again by any sign: outages and tries of the silence before count no more", () => {
    const gone = applyGap(policy, tried(armed, 30, 31, 32, 33, 34), hours(40), days(100));
    expect(gone.gaps).toHaveLength(1);
    const { history } = applySign(policy, gone, { id: "sign", class: "signed" }, days(110));
    expect([history.gaps, history.unheard]).toEqual([[], null]);
    expect(at(history, days(170))).toMatchObject({ state: "reminding", waitsFor: "reminder" });
  });

  it("is in reach again by one message before the extra interval is over, and not by one after it", () => {
    const gone = tried(armed, 30, 31, 32, 33, 34);
    const reminder = { phase: "reminding" as const, index: 2, lastSign: armed.lastSign?.id ?? "" };
    const back = applyReminderAccepted(policy, gone, reminder, days(103)).history;
    expect(back.unheard).toBeNull();
    expect(at(back, days(103)).state).toBe("grace");
    expect(at(back, days(117)).waitsFor).toBe("reminder");
    expect(applyReminderAccepted(policy, gone, reminder, days(104) - 1).history.unheard).toBeNull();
    const inGrace = { ...reminder, phase: "grace" as const, index: 0 };
    const atTheEnd = applyReminderAccepted(policy, gone, inGrace, days(104));
    expect([atTheEnd.noted, atTheEnd.history.unheard]).toEqual([true, gone.unheard]);
    const late = applyReminderAccepted(policy, gone, reminder, days(105)).history;
    expect(late.unheard).toEqual(gone.unheard);
    expect(at(late, days(118)).state).toBe("lastCall");
  });
});
