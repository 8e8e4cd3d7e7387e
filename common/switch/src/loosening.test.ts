import { describe, expect, it } from "vitest";
import { applyCoolingActivation, applyPolicy } from "./bind.ts";
import { deriveSwitch } from "./derive.ts";
import { applyRestore } from "./hold.ts";
import { loosens } from "./loosening.ts";
import type { SwitchPolicy, SwitchTimes } from "./policy.ts";
import { applyDisarm } from "./sign.ts";
import { anArmedSwitch, aPolicy, aRecipient, days, hours } from "./testing/an-armed-switch.ts";

const before = aPolicy();
const times = (changes: Partial<SwitchTimes>) => aPolicy({ times: { ...before.times, ...changes } });
const anna = (changes: Partial<SwitchPolicy["recipients"][number]>) =>
  aPolicy({ recipients: [aRecipient("anna", changes), aRecipient("ben", { delay: days(5) })] });

const tightening: readonly [string, SwitchPolicy][] = [
  ["a longer interval", times({ interval: days(31) })],
  ["a longer grace period", times({ grace: days(15) })],
  ["a longer last call", times({ lastCall: hours(73) })],
  ["an earlier reminder", times({ reminders: [days(10), days(22), days(27)] })],
  ["one reminder more", times({ reminders: [days(15), days(22), days(27), days(29)] })],
  [
    "twice the interval with reminders at the same parts of it",
    times({ interval: days(60), reminders: [days(30), days(44), days(54)] }),
  ],
  ["a longer delay", anna({ delay: 1 })],
  ["a key of which the owner saw a code instead of words", anna({ verified: "qr" })],
  ["a recipient less", aPolicy({ recipients: [aRecipient("anna")] })],
  ["the same classes in another order", aPolicy({ classes: before.classes.toReversed() })],
  ["a longer extra interval for unreachable owners", aPolicy({ unreachableExtra: days(61) })],
  ["one more address to call", aPolicy({ contacts: ["contact-1", "contact-2"] })],
  ["another generation for the same keys", aPolicy({ id: "policy-2", g: 2 })],
];

const loosening: readonly [string, string, SwitchPolicy][] = [
  ["a shorter interval", "times.interval", times({ interval: days(30) - 1 })],
  ["a shorter grace period", "times.grace", times({ grace: days(14) - 1 })],
  ["a shorter last call", "times.lastCall", times({ lastCall: hours(72) - 1 })],
  ["a later reminder", "times.reminders", times({ reminders: [days(15), days(22), days(28)] })],
  ["one reminder less", "times.reminders", times({ reminders: [days(15), days(22)] })],
  [
    "a shorter delay",
    "recipients",
    aPolicy({ recipients: [aRecipient("anna"), aRecipient("ben", { delay: days(4) })] }),
  ],
  ["one more recipient", "recipients", aPolicy({ recipients: [...before.recipients, aRecipient("carla")] })],
  ["another key", "recipients", anna({ key: "another" })],
  ["a key that is no longer verified", "recipients", anna({ verified: "none" })],
  ["no more tokens, on which an owner may rely", "classes", aPolicy({ classes: ["signed"] })],
  ["less weight for tokens", "weakMax", aPolicy({ weakMax: days(59) })],
  ["more weight for tokens", "weakMax", aPolicy({ weakMax: days(60) + 1 })],
  ["an address less to call", "contacts", aPolicy({ contacts: [] })],
  ["a shorter extra interval", "unreachableExtra", aPolicy({ unreachableExtra: days(60) - 1 })],
  ["accepting keys nobody verified", "acceptUnverified", aPolicy({ acceptUnverified: true })],
  ["another keyholder", "keyholders", aPolicy({ keyholders: ["keyholder-2"] })],
  ["other numbers of keyholders", "k", aPolicy({ k: 2 })],
];

describe("loosening", () => {
  it("is not to name the same guardians in another order, and is to need fewer of them or to let more stop", () => {
    const guardians = { ids: ["g1", "g2", "g3"], k: 2, s: 2 };
    const named = (changes: Partial<typeof guardians>) => aPolicy({ guardians: { ...guardians, ...changes } });
    const ids = guardians.ids.toReversed();
    expect(loosens(named({}), named({ ids })).loosens).toBe(false);
    expect(loosens(named({}), named({ ids, k: 3, s: 1 })).loosens).toBe(false);
    for (const looser of [{ k: 1 }, { s: 3 }, { ids: ["g1", "g2"] }])
      expect(loosens(named({}), named(looser)).reasons).toEqual(["guardians"]);
  });
  it.each(tightening)("is not %s", (_name, after) => {
    expect(loosens(before, after)).toEqual({ loosens: false, reasons: [] });
  });
  it.each(loosening)("is %s", (_name, reason, after) => {
    expect(loosens(before, after)).toEqual({ loosens: true, reasons: [reason] });
  });
  it("is an address less of several, and no more keys that nobody verified is none", () => {
    const contacts = ["contact-1", "contact-2"];
    expect(loosens(aPolicy({ contacts }), aPolicy({ contacts: ["contact-2"] })).reasons).toEqual(["contacts"]);
    expect(loosens(aPolicy({ acceptUnverified: true }), before).loosens).toBe(false);
    const unverified = anna({ verified: "none" });
    expect(loosens(unverified, before).loosens).toBe(false);
    expect(loosens(unverified, anna({ verified: "none", delay: 1 })).loosens).toBe(false);
  });
  it("is a token where there was none", () => {
    expect(loosens(aPolicy({ classes: ["signed"] }), before).reasons).toEqual(["classes"]);
  });
  it("is any field that nobody gave a rule", () => {
    expect(loosens(before, Object.assign(aPolicy(), { alternates: ["g"] })).reasons).toEqual(["alternates"]);
    for (const name of ["isPrototypeOf", "toString"])
      expect(loosens(before, Object.assign(aPolicy(), { [name]: 1 })).reasons).toEqual([name]);
    const newTime = Object.assign({ ...before.times }, { pause: 1 });
    expect(loosens(before, aPolicy({ times: newTime })).reasons).toEqual(["times.pause"]);
  });
  it("is one shorter time among longer ones", () => {
    expect(loosens(before, times({ interval: days(60), grace: days(13) })).reasons).toEqual(["times.grace"]);
  });
  it("is never the first arming", () => {
    expect(loosens(null, before).loosens).toBe(false);
  });
});

describe("cooling", () => {
  const { policy, history } = anArmedSwitch();
  const shorter = aPolicy({ id: "policy-2", times: { ...policy.times, interval: days(28) } });
  const cooling = applyPolicy(policy, history, shorter, days(3));

  it("keeps the old policy bound for seven days", () => {
    expect(cooling).toMatchObject({ binds: "cooling", policy, reasons: ["times.interval"] });
    expect(deriveSwitch(policy, cooling.history, days(10) - 1).actions).toEqual([]);
    expect(() => applyCoolingActivation(policy, cooling.history, days(10) - 1)).toThrow("not-due");
    expect(deriveSwitch(policy, cooling.history, days(10)).actions).toEqual([{ do: "activateCooling" }]);
    expect(applyCoolingActivation(policy, cooling.history, days(10)).policy).toEqual(shorter);
  });
  it("is itself a sign, and says what is left under the coming policy", () => {
    expect(deriveSwitch(policy, cooling.history, days(3))).toMatchObject({ used: 0, left: days(45) });
  });
  it("tightens at once and replaces what was cooling", () => {
    const tighter = applyPolicy(
      policy,
      cooling.history,
      aPolicy({ id: "policy-3", unreachableExtra: days(61) }),
      days(4),
    );
    expect(tighter).toMatchObject({ binds: "now", history: { cooling: null } });
  });
  it("is dropped by a restore of the keyholder's store: it may have been cancelled in the time that was lost", () => {
    const restored = applyRestore(policy, cooling.history, days(4));
    expect(restored.cooling).toBeNull();
    expect(deriveSwitch(policy, restored, days(20)).actions).toEqual([]);
    expect(() => applyCoolingActivation(policy, restored, days(20))).toThrow("not-due");
  });
  it("takes as long after an arming that the kit signed too, and nothing is decided before it is over", () => {
    const withKit = anArmedSwitch({ isWithKit: true }).history;
    const cools = applyPolicy(policy, withKit, shorter, hours(1)).history;
    expect(cools.cooling?.bindsAtAttended).toBe(days(7) + hours(1));
    expect(applyPolicy(policy, withKit, { ...policy, id: "again" }, hours(1)).history).toMatchObject({
      armedAtAttended: 0,
      armedWithKit: true,
    });
    expect(() => applyCoolingActivation(policy, cools, days(7))).toThrow("not-due");
    expect(deriveSwitch(policy, { ...cools, armedAtAttended: -days(60) }, days(7)).left).toBeGreaterThanOrEqual(
      hours(1),
    );
  });
  it("cannot be evaded by disarming and arming anew", () => {
    const disarmed = applyDisarm(policy, history, { id: "disarm-1" }, days(1)).history;
    const again = applyPolicy(policy, disarmed, shorter, days(1));
    expect(again.binds).toBe("cooling");
    expect(deriveSwitch(again.policy, again.history, days(2)).state).toBe("disarmed");
    const active = applyCoolingActivation(again.policy, again.history, days(8));
    expect(deriveSwitch(active.policy, active.history, days(8)).state).toBe("armed");
  });
  it("holds back a release that falls due meanwhile, which then goes by the new policy", () => {
    const quick = aPolicy({
      times: { interval: days(1), reminders: [hours(12)], grace: days(1), lastCall: hours(12) },
    });
    const first = anArmedSwitch({ policy: quick });
    const withCarla = { ...quick, id: "policy-2", recipients: [...quick.recipients, aRecipient("carla")] };
    const cool = applyPolicy(quick, first.history, withCarla, days(100)).history;
    const sign = "policy-2";
    const due = {
      ...cool,
      remindersAccepted: [
        { phase: "reminding" as const, index: 0, lastSign: sign, atAttended: days(101) },
        { phase: "grace" as const, index: 0, lastSign: sign, atAttended: days(101) },
      ],
      lastCallAcceptedAttended: days(102),
    };
    expect(deriveSwitch(quick, due, days(104))).toMatchObject({
      state: "lastCall",
      actions: [],
      waitsFor: "cooling",
      left: days(3),
    });
    expect(deriveSwitch(quick, due, days(107)).actions).toEqual([{ do: "activateCooling" }]);
    const active = applyCoolingActivation(quick, due, days(107));
    expect(active.history.slots.map(({ r }) => r)).toEqual(["anna", "ben", "carla"]);
    expect(deriveSwitch(active.policy, active.history, days(107)).actions).toEqual([
      { do: "decide", trigger: "silence" },
    ]);
  });
  it("never lets somebody who joins later into an earlier decision", () => {
    const fetchedBoth = history.slots.map(({ r }) => ({ r, stage: "fetched" as const }));
    const over = { ...history, slots: fetchedBoth, decision: { id: "d", decidedAtAttended: 0 } };
    const next = aPolicy({ id: "policy-2", recipients: [...policy.recipients, aRecipient("carla")] });
    const joined = applyPolicy(policy, over, next, days(60));
    const active = applyCoolingActivation(policy, joined.history, days(67));
    expect(deriveSwitch(active.policy, active.history, days(67))).toMatchObject({ state: "armed", actions: [] });
    const undone = applyCoolingActivation(policy, { ...joined.history, decision: over.decision }, days(67));
    expect(undone.history.decision).toBeNull();
  });
  it("gives every slot anew in another generation", () => {
    const fetched = { ...history, slots: history.slots.map(({ r }) => ({ r, stage: "fetched" as const })) };
    const rekeyed = applyPolicy(policy, fetched, aPolicy({ id: "policy-2", g: 2 }), days(60));
    expect(rekeyed.history.slots.map(({ stage }) => stage)).toEqual(["waiting", "waiting"]);
  });
});
