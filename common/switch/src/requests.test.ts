import { describe, expect, it } from "vitest";
import { applyRequest, applyRequestsCalled } from "./ask.ts";
import { applyCoolingActivation, applyPolicy } from "./bind.ts";
import { deriveSwitch } from "./derive.ts";
import { applyDecision } from "./facts.ts";
import { applyGap } from "./gaps.ts";
import type { SwitchHistory } from "./history.ts";
import { applyRestore } from "./hold.ts";
import { loosens } from "./loosening.ts";
import { applyPause } from "./pause.ts";
import { requestLeft } from "./left.ts";
import { applyReminderAccepted } from "./reminders.ts";
import { openRequests } from "./requests.ts";
import { applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, aRecipient, days, hours } from "./testing/an-armed-switch.ts";
import { applyTriedInVain } from "./unreachable.ts";

const policy = aPolicy({ requests: [{ r: "anna", wait: days(5) }] });
const armed = anArmedSwitch({ policy }).history;
const at = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now);
const asked = applyRequest(policy, armed, { id: "ask", r: "anna" }, days(8));
const called = applyRequestsCalled(policy, asked, ["ask"], days(8)).history;

describe("a recipient who asks", () => {
  it("has the owner called at once, and waits from the call on", () => {
    expect(at(asked, days(8))).toMatchObject({
      state: "requested",
      actions: [{ do: "callAboutRequest" }],
      waitsFor: "last-call",
    });
    expect(at(asked, days(60)).actions).toContainEqual({ do: "callAboutRequest" });
    expect(at(called, days(13) - 1)).toMatchObject({ state: "requested", leftByRequest: 1, waitsFor: "" });
    expect(at(called, days(13)).actions).toEqual([{ do: "decide", trigger: "request" }]);
  });
  it("has it decided once their own wait is over, whoever else waits longer", () => {
    const both = aPolicy({ requests: [...policy.requests, { r: "ben", wait: days(20) }] });
    const also = applyRequest(both, called, { id: "also", r: "ben" }, days(9));
    const all = applyRequestsCalled(both, also, ["also"], days(9)).history;
    const decide = { do: "decide", trigger: "request" };
    expect(deriveSwitch(both, all, days(13) - 1).actions).not.toContainEqual(decide);
    expect(deriveSwitch(both, all, days(13)).actions).toEqual([decide]);
  });
  it("waits three days at least, and no less than a last call, whatever the policy says", () => {
    const hasty = aPolicy({ requests: [{ r: "anna", wait: 1 }] });
    expect(deriveSwitch(hasty, called, days(11) - 1).actions).not.toContainEqual({ do: "decide", trigger: "request" });
    expect(deriveSwitch(hasty, called, days(11)).actions).toEqual([{ do: "decide", trigger: "request" }]);
    const long = aPolicy({ requests: hasty.requests, times: { ...hasty.times, lastCall: days(9) } });
    expect(deriveSwitch(long, called, days(17) - 1).leftByRequest).toBe(1);
  });
  it("is not heard without a right to ask, twice, or while nothing runs", () => {
    const ask = (history: SwitchHistory, r: string, now: number) => applyRequest(policy, history, { id: "x", r }, now);
    expect(() => ask(armed, "ben", days(8))).toThrow("may-not-ask");
    expect(() => ask(armed, "stranger", days(8))).toThrow("may-not-ask");
    expect(() => ask(asked, "anna", days(9))).toThrow("asked-already");
    const paused = applyPause(policy, armed, { id: "p", forMs: days(90) }, days(8)).history;
    expect(() => ask(paused, "anna", days(9))).toThrow("may-not-ask");
    expect(() => ask(applyRestore(policy, armed, days(8)), "anna", days(9))).toThrow("may-not-ask");
    const decided = applyDecision(policy, called, "d", days(13));
    expect(() => ask(decided, "anna", days(14))).toThrow("may-not-ask");
  });
  it("is not heard once they have what they could ask for, though others wait", () => {
    const slots = armed.slots.map((slot) => (slot.r === "anna" ? { ...slot, stage: "fetched" as const } : slot));
    const ask = () => applyRequest(policy, { ...armed, slots }, { id: "x", r: "anna" }, days(8));
    expect(slots.some(({ stage }) => stage === "waiting")).toBe(true);
    expect(ask).toThrow("may-not-ask");
  });
  it("is refused by the owner's signed sign, and may ask again a day later", () => {
    const { history } = applySign(policy, called, { id: "here", class: "signed" }, days(10));
    expect(at(history, days(10))).toMatchObject({ state: "armed", used: 0, leftByRequest: days(5) });
    expect(() => applyRequest(policy, history, { id: "again", r: "anna" }, days(11) - 1)).toThrow("asked-too-soon");
    expect(at(applyRequest(policy, history, { id: "again", r: "anna" }, days(11)), days(11)).state).toBe("requested");
  });
  it("may not ask again sooner where the owner signs once more, and is forgotten after that day", () => {
    const sign = (history: SwitchHistory, now: number) =>
      applySign(policy, history, { id: `sign-${now}`, class: "signed" }, now).history;
    const refused = sign(called, days(10));
    const again = sign(sign(refused, days(10.5)), days(11) - 1);
    expect(() => applyRequest(policy, again, { id: "again", r: "anna" }, days(11) - 1)).toThrow("asked-too-soon");
    expect(again.requests).toEqual(refused.requests);
    expect(sign(again, days(11)).requests).toEqual([]);
  });
  it("is reminded of anew where an earlier request of the same silence was", () => {
    const told = applyReminderAccepted(policy, called, { phase: "request", index: 1, lastSign: policy.id }, days(9));
    const [request] = told.history.requests;
    const later = {
      ...told.history,
      requests: request === undefined ? [] : [{ ...request, askedAttended: days(8) + 1 }],
    };
    expect(at(told.history, days(9)).actions).toEqual([]);
    expect(at(later, days(9) + 1).actions).toEqual([{ do: "remind", phase: "request", index: 1 }]);
  });
  it("is let go on where the owner says so, and only then", () => {
    const { history } = applySign(policy, called, { id: "here", class: "signed", leaves: ["ask"] }, days(10));
    expect(at(history, days(10))).toMatchObject({ state: "requested", used: 0 });
    expect(at(history, days(13)).actions).toEqual([{ do: "decide", trigger: "request" }]);
    const other = applySign(policy, called, { id: "here", class: "signed", leaves: ["another"] }, days(10)).history;
    expect(at(other, days(10)).state).toBe("armed");
  });
  it("is put off by three days by weak signs, however many", () => {
    const weak = (history: SwitchHistory, now: number) =>
      applySign(policy, history, { id: `t${now}`, class: "token" }, now).history;
    const late = weak(weak(called, days(9)), days(12));
    expect(at(late, days(16) - 1)).toMatchObject({ state: "requested", leftByRequest: 1 });
    expect(at(late, days(16)).actions).toEqual([{ do: "decide", trigger: "request" }]);
  });
  it("that is refused is no longer put off by a link", () => {
    const refused = applySign(policy, called, { id: "here", class: "signed" }, days(10)).history;
    const { history, accepted } = applySign(policy, refused, { id: "link", class: "token" }, days(10.5));
    expect([accepted, history.requests]).toEqual([true, refused.requests]);
  });
  it("is answered with all others, however many ask at once: refused by one sign, or put off by one link", () => {
    const people = Array.from({ length: 17 }, (_, i) => `r${i}`);
    const many = aPolicy({
      recipients: people.map((r) => aRecipient(r)),
      requests: people.map((r) => ({ r, wait: days(5) })),
    });
    const all = people.reduce(
      (history, r) => applyRequest(many, history, { id: `of-${r}`, r }, days(8)),
      anArmedSwitch({ policy: many }).history,
    );
    const ids = people.map((r) => `of-${r}`);
    const open = applyRequestsCalled(many, all, ids, days(8)).history;
    const openIn = (history: SwitchHistory) => openRequests(history).map(({ id }) => id);
    expect(openIn(open)).toEqual(ids);
    const refused = applySign(many, open, { id: "no", class: "signed" }, days(9)).history;
    expect([openIn(refused), deriveSwitch(many, refused, days(9)).state]).toEqual([[], "armed"]);
    const putOff = applySign(many, open, { id: "link", class: "token" }, days(9)).history;
    expect(openIn(putOff)).toEqual(ids);
    expect(deriveSwitch(many, putOff, days(16) - 1).leftByRequest).toBe(1);
    const sixteen = applySign(many, open, { id: "some", class: "signed", leaves: ids.slice(0, 16) }, days(9)).history;
    expect(openIn(sixteen)).toEqual(ids.slice(0, 16));
  });
  it("waits for the first seven days, and for what cools, and goes by the new policy then", () => {
    const early = applyRequestsCalled(policy, applyRequest(policy, armed, { id: "a", r: "anna" }, 1), ["a"], 1).history;
    expect(at(early, days(6))).toMatchObject({ waitsFor: "first-arming", leftByRequest: days(1) });
    expect(at(early, days(7)).actions).toEqual([{ do: "decide", trigger: "request" }]);
    const next = aPolicy({ id: "next", requests: [{ r: "anna", wait: days(3) }] });
    const cooling = applyPolicy(policy, armed, next, days(7)).history;
    const meanwhile = applyRequest(policy, cooling, { id: "a", r: "anna" }, days(8));
    const told = applyRequestsCalled(policy, meanwhile, ["a"], days(8)).history;
    expect(at(told, days(13))).toMatchObject({ state: "requested", waitsFor: "cooling" });
    const bound = applyCoolingActivation(policy, told, days(14));
    expect(deriveSwitch(bound.policy, bound.history, days(14)).actions).toEqual([{ do: "decide", trigger: "request" }]);
  });
  it("counts for nothing when the policy that binds no longer lets them ask", () => {
    const without = aPolicy({ id: "next", requests: [], times: { ...policy.times, interval: days(29) } });
    const cooling = applyPolicy(policy, armed, without, days(7)).history;
    const meanwhile = applyRequest(policy, cooling, { id: "a", r: "anna" }, days(8));
    expect(applyCoolingActivation(policy, meanwhile, days(14)).history.requests).toEqual([]);
  });
  it("does not keep silence from being counted, reminded of, or measured for outages", () => {
    expect(at(called, days(12)).actions).toContainEqual({ do: "remind", phase: "request", index: 4 });
    const slow = aPolicy({ requests: [{ r: "anna", wait: days(60) }] });
    const late = deriveSwitch(slow, called, days(28));
    expect(late.actions).toContainEqual({ do: "remind", phase: "reminding", index: 2 });
    expect(applyGap(slow, called, hours(20), days(28)).gaps).toHaveLength(1);
  });
  it("waits for nobody once the call about it was taken, whatever silence waits for, but for a last call", () => {
    const slow = aPolicy({ requests: [{ r: "anna", wait: days(90) }] });
    const stands = (history: SwitchHistory, now: number) => {
      const { state, waitsFor } = deriveSwitch(slow, history, now);
      return [state, waitsFor];
    };
    expect(stands({ ...called, requests: [] }, days(35))).toEqual(["reminding", "reminder"]);
    expect(stands(called, days(35))).toEqual(["requested", ""]);
    expect(stands(asked, days(35))).toEqual(["requested", "last-call"]);
    const told = [
      { phase: "reminding", index: 0, lastSign: policy.id, atAttended: days(15) },
      { phase: "grace", index: 0, lastSign: policy.id, atAttended: days(30) },
    ] as const;
    const warned = { ...called, remindersAccepted: told };
    expect(stands(warned, days(44))).toEqual(["lastCall", "last-call"]);
    expect(stands({ ...warned, lastCallAcceptedAttended: days(44) }, days(45))).toEqual(["lastCall", ""]);
    const uncalled = { ...asked, remindersAccepted: told, lastCallAcceptedAttended: days(44) };
    expect(stands(uncalled, days(45))).toEqual(["lastCall", "last-call"]);
  });
  it("reminds the owner once a day beside the call, and no step waits for that", () => {
    const lastSign = policy.id;
    const note = (index: number, now: number) =>
      applyReminderAccepted(policy, called, { phase: "request", index, lastSign }, now);
    expect(at(called, days(9) - 1).actions).toEqual([]);
    expect(at(called, days(9)).actions).toEqual([{ do: "remind", phase: "request", index: 1 }]);
    expect(note(0, days(8)).noted).toBe(false);
    expect(note(1, days(9) - 1).noted).toBe(false);
    expect(at(note(1, days(9)).history, days(9)).actions).toEqual([]);
    expect(applyReminderAccepted(policy, armed, { phase: "request", index: 1, lastSign }, days(9)).noted).toBe(false);
  });
  it("is reminded of also where silence, another day or an earlier request was reminded of under the same number", () => {
    const [lastSign, due] = [policy.id, { do: "remind", phase: "request", index: 1 }];
    const accepted = [
      { phase: "reminding", index: 1, lastSign, atAttended: days(9) },
      { phase: "request", index: 2, lastSign, atAttended: days(9) },
      { phase: "request", index: 1, lastSign, atAttended: days(8) - 1 },
    ] as const;
    expect(at({ ...called, remindersAccepted: accepted }, days(9)).actions).toContainEqual(due);
  });
  it("is told of in the mail that was sent: a request that came while it was under way has its own", () => {
    const both = aPolicy({ requests: [...policy.requests, { r: "ben", wait: days(5) }] });
    const second = applyRequest(both, asked, { id: "ben-asks", r: "ben" }, days(9));
    const { history } = applyRequestsCalled(both, second, ["ask"], days(9));
    expect(deriveSwitch(both, history, days(9)).actions).toContainEqual({ do: "callAboutRequest" });
  });
  it("is noted as told of only while a call about it is due, and else nothing is changed", () => {
    const tried = applyTriedInVain(armed, days(8));
    expect(applyRequestsCalled(policy, tried, ["ask"], days(8))).toEqual({ history: tried, noted: false });
    expect(applyRequestsCalled(policy, asked, ["ask"], days(8))).toEqual({ history: called, noted: true });
    expect(applyRequestsCalled(policy, called, ["ask"], days(9))).toEqual({ history: called, noted: false });
  });
  it("goes on in the end where nothing reaches the owner: two weeks of tries, then the extra wait", () => {
    let history = asked;
    for (let day = 8; day <= 22; day++) history = applyTriedInVain(history, days(day));
    expect(at(history, days(22)).waitsFor).toBe("unreachable");
    expect(at(history, days(22 + 60 + 5) - 1).actions).not.toContainEqual({ do: "decide", trigger: "request" });
    expect(at(history, days(22 + 60 + 5)).actions).toEqual([{ do: "decide", trigger: "request" }]);
  });
  it("does not keep an unreachable owner waiting by the reminders that go out for it", () => {
    const note = (history: SwitchHistory, now: number) => {
      const index = Math.floor((now - days(8)) / days(1));
      return applyReminderAccepted(policy, history, { phase: "request", index, lastSign: policy.id }, now).history;
    };
    let history = asked;
    for (let day = 8; day <= 22; day++) history = applyTriedInVain(note(history, days(day)), days(day));
    expect(at(history, days(22)).waitsFor).toBe("unreachable");
    expect(at(note(history, days(86)), days(22 + 60 + 5)).actions).toEqual([{ do: "decide", trigger: "request" }]);
  });
  it("leaves nothing behind that was tried in vain for it, when the policy that binds drops it", () => {
    const without = aPolicy({ id: "next", requests: [], times: { ...policy.times, interval: days(29) } });
    const cooling = applyPolicy(policy, armed, without, days(7)).history;
    let history = applyRequest(policy, cooling, { id: "a", r: "anna" }, days(8));
    for (let day = 8; day <= 13; day++) history = applyTriedInVain(history, days(day));
    expect(applyCoolingActivation(policy, history, days(14)).history.unheard).toBeNull();
  });
  it("is forgotten by a restore: the owner may have refused in the time that was lost", () => {
    expect(applyRestore(policy, called, days(9)).requests).toEqual([]);
  });
});

describe("what a receipt says of requests", () => {
  it("is nothing once it is decided, by one as by silence: then nothing is left at all", () => {
    const decided = applyDecision(policy, called, "d", days(13));
    expect(at(called, days(13))).toMatchObject({ left: days(34), leftByRequest: 0 });
    expect(at(decided, days(13))).toMatchObject({ left: 0, leftByRequest: null });
  });
  it("is the whole wait from now on, or from the end of a pause or a hold, where it is longer than the first seven days", () => {
    const long = aPolicy({ requests: [{ r: "anna", wait: days(100) }] });
    const left = (changes: Partial<SwitchHistory>, now: number) =>
      deriveSwitch(long, { ...armed, ...changes }, now).leftByRequest;
    expect([left({}, 0), left({}, days(9))]).toEqual([days(100), days(100)]);
    const [paused, held] = [{ id: "pause", untilAttended: days(5) }, { untilAttended: days(8) }];
    expect([left({ paused }, days(1)), left({ paused }, days(9))]).toEqual([days(104), days(100)]);
    expect([left({ held }, days(1)), left({ held }, days(9))]).toEqual([days(107), days(100)]);
    const taken = armed.slots.map(({ r }) => ({ r, stage: "opened" as const }));
    expect(left({ held, slots: taken }, days(1))).toBeNull();
    expect(left({ slots: [...taken.slice(1), { r: "anna", stage: "waiting" }] }, days(9))).toBe(days(100));
  });
  it("is a lower bound for those that are still to come, and nothing where nobody may ask", () => {
    expect(at(armed, days(8)).leftByRequest).toBe(days(5));
    expect(at(armed, days(1)).leftByRequest).toBe(days(6));
    expect(deriveSwitch(aPolicy(), armed, days(8)).leftByRequest).toBeNull();
    const paused = applyPause(policy, armed, { id: "p", forMs: days(90) }, days(8)).history;
    expect(at(paused, days(8)).leftByRequest).toBe(days(95));
  });
  it("counts a policy that cools as soon as it can bind", () => {
    const next = aPolicy({ id: "next", requests: [{ r: "anna", wait: days(3) }] });
    const cooling = applyPolicy(policy, armed, next, days(8)).history;
    expect(at(cooling, days(8)).leftByRequest).toBe(days(7));
  });
});

describe("what is left of a request", () => {
  it("goes by the sooner of both policies while a shorter wait cools, and never before that binds", () => {
    const slow = aPolicy({ requests: [{ r: "anna", wait: hours(200) }] });
    const next = aPolicy({ id: "next", requests: [{ r: "anna", wait: hours(72) }] });
    const cooling = applyPolicy(slow, armed, next, days(7)).history;
    const open = applyRequest(slow, cooling, { id: "a", r: "anna" }, days(7) + hours(1));
    const told = applyRequestsCalled(slow, open, ["a"], days(7) + hours(1)).history;
    const [request] = told.requests;
    if (request === undefined) throw new Error("nobody asks");
    const now = days(13);
    expect(requestLeft(slow, told, request, now)).toBe(days(1));
    expect(deriveSwitch(slow, told, now).leftByRequest).toBe(days(1));
  });
});

describe("loosening by requests", () => {
  it("is somebody more who may ask, or a shorter wait; fewer and longer are not", () => {
    const none = aPolicy();
    expect(loosens(none, policy).reasons).toEqual(["requests"]);
    expect(loosens(policy, aPolicy({ requests: [{ r: "anna", wait: days(5) - 1 }] })).reasons).toEqual(["requests"]);
    expect(loosens(policy, none).loosens).toBe(false);
    expect(loosens(policy, aPolicy({ requests: [{ r: "anna", wait: days(6) }] })).loosens).toBe(false);
  });
  it("is fewer guardians, others, or more that must stop; more that must confirm is not", () => {
    const guarded = (ids: string[], k: number, s: number) => aPolicy({ guardians: { ids, k, s } });
    const before = guarded(["a", "b", "c"], 2, 2);
    expect(loosens(aPolicy(), before).loosens).toBe(false);
    expect(loosens(before, guarded(["c", "b", "a"], 3, 1)).loosens).toBe(false);
    for (const after of [aPolicy(), guarded(["a", "b"], 2, 2), guarded(["a", "b", "d"], 2, 2)])
      expect(loosens(before, after).reasons).toEqual(["guardians"]);
    expect(loosens(before, guarded(["a", "b", "c"], 1, 2)).loosens).toBe(true);
    expect(loosens(before, guarded(["a", "b", "c"], 2, 3)).loosens).toBe(true);
  });
  it("is judged by who asks, not by the order", () => {
    const two = [
      { r: "anna", wait: days(5) },
      { r: "ben", wait: days(5) },
    ];
    const recipients = [aRecipient("anna"), aRecipient("ben", { delay: days(5) })];
    expect(
      loosens(aPolicy({ requests: two, recipients }), aPolicy({ requests: two.toReversed(), recipients })).loosens,
    ).toBe(false);
  });
});
