import { describe, expect, it } from "vitest";
import { applyConfirmed } from "./guardians.ts";
import { deriveSwitch } from "./derive.ts";
import { applyFetched, applyGrant } from "./facts.ts";
import { type SwitchHistory } from "./history.ts";
import { applyRestore } from "./hold.ts";
import { signClasses, weakClasses } from "./policy.ts";
import { applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, days } from "./testing/an-armed-switch.ts";

const policy = aPolicy({ classes: [...signClasses] });
const { history: armed } = anArmedSwitch({ policy });
const decided: SwitchHistory = { ...armed, decision: { id: "decision-1", decidedAtAttended: days(47) } };
const annaGranted = applyGrant(policy, decided, "anna", days(47));
const at = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now);
const press = (history: SwitchHistory, now: number) =>
  applySign(policy, history, { id: `link@${now}`, class: "token" }, now);

describe.each(weakClasses)("a weak sign (%s) under a decision", (by) => {
  const weak = { id: "weak", class: by };
  const { history, accepted, withdrawnRecipients } = applySign(policy, annaGranted, weak, days(48));

  it("keeps back for three days what was granted and not fetched, and then it is given by itself", () => {
    expect([accepted, withdrawnRecipients]).toEqual([true, []]);
    expect(at(history, days(51) - 1)).toMatchObject({
      state: "releasing",
      left: 1,
      waitsFor: "weak-sign",
      actions: [],
    });
    expect(() => applyFetched(history, "anna", days(51) - 1)).toThrow("not-due");
    expect(at(history, days(51))).toMatchObject({ state: "releasing", left: 0, waitsFor: "" });
    expect(applyFetched(history, "anna", days(51)).slots[0]).toEqual({ r: "anna", stage: "fetched" });
  });
  it("lets nobody's delay end before those three days, and shortens none", () => {
    expect(at(history, days(52) - 1).actions).toEqual([]);
    expect(at(history, days(52)).actions).toEqual([{ do: "grant", r: "ben" }]);
    const late = applySign(policy, annaGranted, weak, days(51)).history;
    expect(at(late, days(54) - 1).actions).toEqual([]);
    expect(at(late, days(54)).actions).toEqual([{ do: "grant", r: "ben" }]);
  });
  it("begins no silence, is no last sign, and moves no decision", () => {
    const { decision, ...rest } = history;
    const { decision: before, ...same } = annaGranted;
    expect(rest).toEqual(same);
    expect(decision).toEqual({ ...before, suspendedUntilAttended: days(51) });
    expect(at(history, days(48)).used).toBe(days(48));
  });
  it("counts as every weak sign does: where the policy names its class, within weakMax, and not where all was fetched", () => {
    const others = aPolicy({ classes: signClasses.filter((one) => one !== by) });
    expect(applySign(others, annaGranted, weak, days(48)).reason).toBe("class-not-accepted");
    expect(applySign(policy, annaGranted, weak, days(60)).accepted).toBe(true);
    expect(applySign(policy, annaGranted, weak, days(60) + 1).reason).toBe("weak-limit");
    const all = { ...annaGranted, slots: annaGranted.slots.map(({ r }) => ({ r, stage: "fetched" as const })) };
    expect(applySign(policy, all, weak, days(48)).reason).toBe("weak-while-still");
    expect(applySign(policy, applyRestore(policy, annaGranted, days(48)), weak, days(48)).reason).toBe(
      "weak-while-held",
    );
  });
});

describe("a second weak sign under the same decision", () => {
  const once = press(annaGranted, days(48)).history;

  it.each([
    ["while it is suspended", days(49)],
    ["after that", days(55)],
  ])("changes nothing %s", (_when, now) => {
    for (const by of weakClasses)
      expect(applySign(policy, once, { id: "second", class: by }, now)).toEqual({
        history: once,
        ...{ accepted: false, reason: "weak-while-releasing", withdrawnRecipients: [] },
      });
  });
  it("counts again under another decision", () => {
    const returned = applySign(policy, once, { id: "here", class: "signed" }, days(49));
    expect(returned.withdrawnRecipients).toEqual(["anna", "ben"]);
    const slots = armed.slots;
    const again = { ...returned.history, slots, decision: { id: "decision-2", decidedAtAttended: days(100) } };
    expect(press(again, days(101)).history.decision?.suspendedUntilAttended).toBe(days(104));
  });
});

describe("a suspended release", () => {
  it("is withdrawn by a signed sign as every other", () => {
    const { history } = applySign(policy, press(decided, days(48)).history, { id: "here", class: "signed" }, days(49));
    expect(at(history, days(49))).toMatchObject({ state: "armed", used: 0, left: days(47), waitsFor: "" });
  });
  it("is releasing while it waits, though everything was granted, and wakes when it is over", () => {
    const both = applyGrant(policy, annaGranted, "ben", days(52));
    expect(at(both, days(52)).state).toBe("released");
    const { history } = press(both, days(52));
    expect(at(history, days(52))).toMatchObject({ state: "releasing", nextWakeAttended: days(55) });
    expect(at(history, days(55))).toMatchObject({ state: "released", waitsFor: "" });
  });
  it("asks guardians all the same", () => {
    const guarded = aPolicy({ classes: ["signed", "token"], guardians: { ids: ["gus"], k: 1, s: 1 } });
    const { history } = applySign(guarded, decided, { id: "link", class: "token" }, days(48));
    expect(deriveSwitch(guarded, history, days(60)).state).toBe("confirming");
    const confirmed = applyConfirmed(guarded, history, "gus");
    expect(deriveSwitch(guarded, confirmed, days(50)).actions).toEqual([]);
    expect(deriveSwitch(guarded, confirmed, days(51)).actions).toEqual([{ do: "grant", r: "anna" }]);
  });
});
