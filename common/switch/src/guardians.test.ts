import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { applyDecision, applyGrant, applyLastCallAccepted } from "./facts.ts";
import { applyConfirmed, applyStop } from "./guardians.ts";
import type { SwitchHistory } from "./history.ts";
import { applyReminderAccepted } from "./reminders.ts";
import { anArmedSwitch, aPolicy, days } from "./testing/an-armed-switch.ts";

const policy = aPolicy({ guardians: { ids: ["gus", "gia", "guy"], k: 2, s: 2 } });
const { history: armed } = anArmedSwitch({ policy });
const told = (history: SwitchHistory, phase: "reminding" | "grace", now: number) =>
  applyReminderAccepted(policy, history, { phase, index: 0, lastSign: policy.id }, now).history;
const warned = told(told(armed, "reminding", days(15)), "grace", days(30));
const called = applyLastCallAccepted(policy, warned, days(44)).history;
const decided = applyDecision(policy, called, "decision", days(47));
const at = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now);
const confirm = (history: SwitchHistory, ...by: string[]) =>
  by.reduce((before, guardian) => applyConfirmed(policy, before, guardian), history);

describe("a decision that guardians must confirm", () => {
  it("grants nothing before enough different ones did", () => {
    expect(at(decided, days(90))).toMatchObject({ state: "confirming", actions: [], waitsFor: "guardians" });
    expect(at(confirm(decided, "gus", "gus"), days(90)).state).toBe("confirming");
    expect(at(confirm(decided, "gus", "gia"), days(47)).actions).toEqual([{ do: "grant", r: "anna" }]);
  });
  it("hears nobody else, and nobody without a decision", () => {
    expect(() => confirm(decided, "eve")).toThrow("unknown-guardian");
    expect(() => confirm(called, "gus")).toThrow("not-due");
    expect(() => applyStop(policy, decided, "eve", days(47))).toThrow("unknown-guardian");
  });
  it("hears them while anybody's share is still there, and no longer", () => {
    const slots = (ben: "waiting" | "opened") => [
      { r: "anna", stage: "fetched" as const },
      { r: "ben", stage: ben },
    ];
    expect(confirm({ ...decided, slots: slots("waiting") }, "gus").confirmed).toEqual(["gus"]);
    expect(() => confirm({ ...decided, slots: slots("opened") }, "gus")).toThrow("not-due");
  });
  it("is stopped by one for thirty days, once", () => {
    const { history, withdrawnRecipients } = applyStop(policy, confirm(decided, "gus", "gia"), "guy", days(47));
    expect(withdrawnRecipients).toEqual([]);
    expect(at(history, days(77) - 1)).toMatchObject({ state: "confirming", actions: [], nextWakeAttended: days(77) });
    expect(at(history, days(77)).state).toBe("releasing");
    expect(() => applyStop(policy, history, "guy", days(80))).toThrow("stopped-already");
  });
  it("is stopped also for the last one who waits, and not once everybody was granted", () => {
    const confirmed = confirm(decided, "gus", "gia");
    const anna = applyGrant(policy, confirmed, "anna", days(47));
    const stop = (history: SwitchHistory) => applyStop(policy, history, "guy", days(52)).history;
    expect(at(stop(anna), days(53))).toMatchObject({ state: "confirming", actions: [] });
    const both = applyGrant(policy, anna, "ben", days(52));
    expect(at(stop(both), days(53))).toMatchObject({ state: "released", waitsFor: "" });
  });
  it("is withdrawn by as many as the policy asks for, and the full interval begins", () => {
    const first = applyStop(policy, confirm(decided, "gus", "gia"), "guy", days(47)).history;
    const { history, withdrawnRecipients } = applyStop(policy, first, "gia", days(50));
    expect(withdrawnRecipients).toEqual(["anna", "ben"]);
    expect(at(history, days(50))).toMatchObject({ state: "armed", used: 0, left: days(47) });
    expect(history.confirmed).toEqual([]);
  });
});
