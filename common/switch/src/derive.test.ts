import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { applyDecision, applyFetched, applyGrant, applyLastCallAccepted } from "./facts.ts";
import { emptyHistory, type SwitchHistory } from "./history.ts";
import { applyReminderAccepted } from "./reminders.ts";
import { applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, days, hours } from "./testing/an-armed-switch.ts";

const { policy, history: armed } = anArmedSwitch();
const at = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now);
const lastSign = policy.id;

function reminded(history: SwitchHistory, phase: "reminding" | "grace", index: number, now: number): SwitchHistory {
  const { history: next, noted } = applyReminderAccepted(policy, history, { phase, index, lastSign }, now);
  expect(noted).toBe(true);
  return next;
}

/** Reminded on day 15, in grace on day 30, called on day 44. */
const warned = reminded(reminded(armed, "reminding", 0, days(15)), "grace", 0, days(30));
const called = applyLastCallAccepted(policy, warned, days(44)).history;

describe("a switch before its reminders", () => {
  it("is a draft without a policy, and nothing runs", () => {
    expect(deriveSwitch(null, emptyHistory, 5)).toEqual({
      state: "draft",
      actions: [],
      nextWakeAttended: null,
      used: 0,
      left: 0,
      leftByRequest: null,
      waitsFor: "",
    });
  });
  it("sleeps until the next reminder once one was taken, and wakes daily in grace alone", () => {
    const toldOnce = reminded(armed, "reminding", 0, days(15));
    expect(at(toldOnce, days(15) + hours(1)).nextWakeAttended).toBe(days(22));
    expect(at(warned, days(30) + hours(1)).nextWakeAttended).toBe(days(31));
  });
  it("is armed until the first reminder and says the full time left", () => {
    expect(at(armed, 0)).toMatchObject({
      state: "armed",
      actions: [],
      used: 0,
      left: days(47),
      nextWakeAttended: days(15),
    });
    expect(at(armed, days(15) - 1)).toMatchObject({ state: "armed", nextWakeAttended: days(15) });
  });
  it("is none without a sign: a policy is one itself", () => {
    expect(() => at({ ...armed, lastSign: null }, 0)).toThrow("no-sign");
  });
  it("says for how long its owner has been silent", () => {
    for (const now of [0, days(20), days(300)]) expect(at(armed, now).used).toBe(now);
    const { history } = applySign(policy, armed, { id: "sign-2", class: "signed" }, days(12));
    expect(at(history, days(20)).used).toBe(days(8));
  });
});

describe("reminders", () => {
  it("asks for each reminder from its offset on, the newest only", () => {
    expect(at(armed, days(15)).actions).toEqual([{ do: "remind", phase: "reminding", index: 0 }]);
    expect(at(armed, days(28)).actions).toEqual([{ do: "remind", phase: "reminding", index: 2 }]);
  });
  it("asks no more for an accepted one", () => {
    expect(at(reminded(armed, "reminding", 0, days(15)), days(16)).actions).toEqual([]);
  });
  it("does not leave reminding before a channel accepted a reminder, however late", () => {
    expect(at(armed, days(300))).toMatchObject({ state: "reminding", waitsFor: "reminder", left: days(17) });
  });
  it("gives the whole grace period after a reminder that came late", () => {
    const late = reminded(armed, "reminding", 2, days(100));
    expect(at(late, days(100))).toMatchObject({ state: "grace", left: days(17) });
    const graced = reminded(late, "grace", 0, days(100));
    expect(at(graced, days(114) - 1).state).toBe("grace");
    expect(at(graced, days(114)).state).toBe("lastCall");
  });
  it("reminds once a day in grace and does not leave it without an accepted one", () => {
    const inGrace = reminded(armed, "reminding", 0, days(15));
    expect(at(inGrace, days(33)).actions).toEqual([{ do: "remind", phase: "grace", index: 3 }]);
    expect(at(inGrace, days(60))).toMatchObject({ state: "grace", waitsFor: "reminder", left: days(3) });
  });
  it("notes nothing of another silence, another phase, or the future", () => {
    const note = (phase: "reminding" | "grace", index: number, sign: string, now: number) =>
      applyReminderAccepted(policy, armed, { phase, index, lastSign: sign }, now).noted;
    expect(note("reminding", 0, "another-sign", days(16))).toBe(false);
    expect(note("grace", 0, lastSign, days(16))).toBe(false);
    expect(note("reminding", 0, lastSign, days(15) - 1)).toBe(false);
    expect(note("reminding", 9, lastSign, days(29))).toBe(false);
  });
  it("notes the same one again, and changes nothing by it, also when its phase is over", () => {
    const again = (now: number) =>
      applyReminderAccepted(policy, warned, { phase: "reminding", index: 0, lastSign }, now);
    for (const now of [days(15), days(29), days(31)]) expect(again(now)).toEqual({ history: warned, noted: true });
    const request = { phase: "request", index: 1, lastSign } as const;
    const asked = { id: "ask", r: "anna", askedAttended: days(20), calledAttended: null, putOffMs: 0 };
    const history = {
      ...armed,
      requests: [{ ...asked, refusedAttended: null }],
      remindersAccepted: [{ ...request, atAttended: days(21) - 1 }],
    };
    const noted = applyReminderAccepted(policy, history, request, days(21));
    expect(noted.history.remindersAccepted).toHaveLength(2);
    expect(applyReminderAccepted(policy, noted.history, request, days(22))).toEqual(noted);
  });
  it("notes one of the grace period up to the last call, and not from its moment on", () => {
    const note = (index: number, now: number) =>
      applyReminderAccepted(policy, warned, { phase: "grace", index, lastSign }, now).noted;
    expect([note(3, days(33) - 1), note(3, days(33))]).toEqual([false, true]);
    expect([note(13, days(44) - 1), note(14, days(44)), note(13, days(44))]).toEqual([true, false, false]);
  });
  it("asks anew for one that was accepted before a longer policy brought its day", () => {
    const longer = aPolicy({ times: { ...policy.times, interval: days(60), reminders: [days(20), days(22)] } });
    const due = (now: number) => deriveSwitch(longer, reminded(armed, "reminding", 0, days(15)), now).actions;
    expect(due(days(20))).toEqual([{ do: "remind", phase: "reminding", index: 0 }]);
    const ledBack = aPolicy({ times: { ...policy.times, interval: days(60), reminders: [days(40)] } });
    const graceAgain = { phase: "grace", index: 0, lastSign } as const;
    expect(applyReminderAccepted(ledBack, warned, graceAgain, days(35)).noted).toBe(false);
    expect(deriveSwitch(ledBack, warned, days(35))).toMatchObject({ state: "armed", actions: [] });
    const graced = reminded(warned, "grace", 1, days(31));
    const later = aPolicy({ times: { ...policy.times, interval: days(31), reminders: [days(15)] } });
    expect(deriveSwitch(later, graced, days(32)).actions).toEqual([{ do: "remind", phase: "grace", index: 1 }]);
    expect(deriveSwitch(later, graced, days(32) - 1).actions).toEqual([{ do: "remind", phase: "grace", index: 0 }]);
  });
  it("asks for none where a policy has none, and is tried all the same", () => {
    const silent = aPolicy({ times: { ...policy.times, reminders: [] } });
    expect(deriveSwitch(silent, armed, days(30) - 1)).toMatchObject({ state: "armed", nextWakeAttended: days(30) });
    expect(deriveSwitch(silent, armed, days(30)).actions).toEqual([{ do: "reachOwner" }]);
  });
  it("notes nothing of a switch that does not run", () => {
    const [reminder, now] = [{ phase: "reminding", index: 0, lastSign } as const, days(16)];
    expect(applyReminderAccepted(policy, armed, reminder, now).noted).toBe(true);
    const stopped: Partial<SwitchHistory>[] = [
      { disarmed: { id: "disarm" } },
      { held: { untilAttended: days(100) } },
      { decision: { id: "d", decidedAtAttended: days(15) } },
    ];
    for (const change of stopped)
      expect(applyReminderAccepted(policy, { ...armed, ...change }, reminder, now).noted).toBe(false);
  });
  it("forgets reminders of an earlier silence", () => {
    const { history } = applySign(policy, warned, { id: "sign-2", class: "signed" }, days(40));
    expect(history.remindersAccepted).toEqual([]);
    expect(at(history, days(40))).toMatchObject({ state: "armed", used: 0, left: days(47) });
  });
});

describe("last call", () => {
  it("is called by the keyholder when grace is over, and waits until it was accepted", () => {
    expect(at(warned, days(44))).toMatchObject({
      state: "lastCall",
      actions: [{ do: "sendLastCall" }],
      waitsFor: "last-call",
    });
    expect(at(warned, days(90))).toMatchObject({ state: "lastCall", left: hours(72) });
  });
  it("waits for nobody from the moment at which its call was taken", () => {
    expect(at(called, days(44))).toMatchObject({ state: "lastCall", waitsFor: "" });
    expect(at(warned, days(44))).toMatchObject({ state: "lastCall", waitsFor: "last-call" });
  });
  it("decides only after its full wait", () => {
    expect(at(called, days(47) - 1)).toMatchObject({ state: "lastCall", actions: [], left: 1 });
    expect(at(called, days(47))).toMatchObject({ actions: [{ do: "decide", trigger: "silence" }], left: 0 });
    expect(() => applyDecision(policy, called, "d", days(47) - 1)).toThrow("not-due");
  });
  it("waits at least twelve hours whatever the policy says", () => {
    const hasty = aPolicy({ times: { ...policy.times, lastCall: 1 } });
    const callAccepted = applyLastCallAccepted(hasty, warned, days(44)).history;
    expect(deriveSwitch(hasty, callAccepted, days(44) + hours(12) - 1).actions).toEqual([]);
    expect(deriveSwitch(hasty, callAccepted, days(44) + hours(12)).actions).toEqual([
      { do: "decide", trigger: "silence" },
    ]);
  });
  it("is not noted when none is due", () => {
    expect(applyLastCallAccepted(policy, armed, days(50)).noted).toBe(false);
    expect(applyLastCallAccepted(policy, called, days(45)).noted).toBe(false);
  });
  it("does not count a call that was accepted before this last call began", () => {
    const early = { ...warned, lastCallAcceptedAttended: days(20) };
    expect(at(early, days(90))).toMatchObject({ actions: [{ do: "sendLastCall" }], waitsFor: "last-call" });
  });
  it("decides nothing within seven days of the first arming", () => {
    const times = { interval: days(1), reminders: [hours(12)], grace: days(1), lastCall: hours(12) };
    const quick = anArmedSwitch({ policy: aPolicy({ times }) });
    const note = (history: SwitchHistory, phase: "reminding" | "grace", now: number) =>
      applyReminderAccepted(quick.policy, history, { phase, index: 0, lastSign }, now).history;
    const told = note(note(quick.history, "reminding", days(1)), "grace", days(1));
    const history = applyLastCallAccepted(quick.policy, told, days(2)).history;
    for (const armedAtAttended of [0, null]) {
      const ready = { ...history, armedAtAttended };
      expect(deriveSwitch(quick.policy, ready, days(7) - 1)).toMatchObject({
        waitsFor: "first-arming",
        actions: [],
        left: 1,
      });
      expect(deriveSwitch(quick.policy, ready, days(7)).actions).toEqual([{ do: "decide", trigger: "silence" }]);
    }
  });
  it("decides nothing within a day of a first arming that the kit signed too", () => {
    // Why shorter than a policy may be: in all others the times alone are longer than a day.
    const times = { interval: hours(4), reminders: [hours(2)], grace: hours(4), lastCall: hours(12) };
    const quick = anArmedSwitch({ policy: aPolicy({ times }), isWithKit: true });
    const note = (history: SwitchHistory, phase: "reminding" | "grace", now: number) =>
      applyReminderAccepted(quick.policy, history, { phase, index: 0, lastSign }, now).history;
    const told = note(note(quick.history, "reminding", hours(4)), "grace", hours(8));
    const ready = applyLastCallAccepted(quick.policy, told, hours(8)).history;
    const waits = { waitsFor: "first-arming", actions: [], left: 1, nextWakeAttended: hours(24) };
    expect(deriveSwitch(quick.policy, ready, hours(24) - 1)).toMatchObject(waits);
    expect(deriveSwitch(quick.policy, ready, hours(24)).actions).toEqual([{ do: "decide", trigger: "silence" }]);
  });
});

describe("a decided switch", () => {
  const decided = applyDecision(policy, called, "decision-1", days(47));

  it("grants to each recipient after their own delay", () => {
    expect(at(decided, days(47))).toMatchObject({
      state: "releasing",
      actions: [{ do: "grant", r: "anna" }],
      nextWakeAttended: days(52),
    });
    expect(() => applyGrant(policy, decided, "ben", days(52) - 1)).toThrow("not-due");
  });
  it("is released when every slot has left waiting", () => {
    const first = applyGrant(policy, decided, "anna", days(47));
    expect(at(first, days(50))).toMatchObject({ state: "releasing", actions: [] });
    expect(at(applyGrant(policy, first, "ben", days(52)), days(52))).toMatchObject({
      state: "released",
      nextWakeAttended: null,
    });
  });
  it("never decides twice", () => {
    expect(() => applyDecision(policy, decided, "decision-2", days(48))).toThrow("not-due");
  });
  it("lets nothing be fetched that was not granted, nor by somebody to whom nothing was", () => {
    expect(() => applyFetched(decided, "anna", days(60))).toThrow("not-due");
    const granted = applyGrant(policy, decided, "anna", days(47));
    expect(applyFetched(granted, "anna", days(60)).slots[0]).toEqual({ r: "anna", stage: "fetched" });
    expect(() => applyFetched(granted, "nobody", days(60))).toThrow("unknown-recipient");
  });
  it("lets what left be fetched again, which changes nothing, and nothing else while it is held back", () => {
    const granted = applyGrant(policy, decided, "anna", days(47));
    const heldBack: Partial<SwitchHistory>[] = [
      { held: { untilAttended: days(200) } },
      { disarmed: { id: "disarm" } },
      { decision: null },
    ];
    for (const stage of ["fetched", "opened"] as const)
      for (const change of [{}, ...heldBack]) {
        const left = { ...granted, ...change, slots: [{ r: "anna", stage }] };
        expect(applyFetched(left, "anna", days(60))).toBe(left);
      }
    for (const change of heldBack)
      expect(() => applyFetched({ ...granted, ...change }, "anna", days(60))).toThrow("not-due");
  });
  it("treats what was taken back before as what was never given", () => {
    const before = called.slots.map(({ r }) => ({ r, stage: "withdrawn" as const }));
    const anew = applyDecision(policy, { ...called, slots: before }, "decision-2", days(47));
    expect(anew.slots.map(({ stage }) => stage)).toEqual(["waiting", "waiting"]);
    const annaHas = [{ r: "anna", stage: "opened" as const }, ...before.slice(1)];
    const rest = applyDecision(policy, { ...called, slots: annaHas }, "decision-2", days(47));
    expect(rest.slots.map(({ stage }) => stage)).toEqual(["opened", "waiting"]);
  });
  it("never grants to somebody whom the bound policy does not name", () => {
    const stranger = { ...decided, slots: [{ r: "eve", stage: "waiting" as const }] };
    expect(at(stranger, days(9999)).actions).toEqual([]);
  });
});
