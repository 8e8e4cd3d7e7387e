import { describe, expect, it } from "vitest";
import { applyCoolingActivation, applyPolicy } from "./bind.ts";
import { deriveSwitch } from "./derive.ts";
import { applyFetched, applyGrant } from "./facts.ts";
import type { SwitchHistory } from "./history.ts";
import { applyHoldLifted, applyRestore } from "./hold.ts";
import { signClasses, weakClasses } from "./policy.ts";
import { applyDeviceRevoked, applyDisarm, applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, days } from "./testing/an-armed-switch.ts";

const { policy, history: armed } = anArmedSwitch();
const signed = { id: "sign-2", class: "signed" as const };
const decided: SwitchHistory = { ...armed, decision: { id: "decision-1", decidedAtAttended: days(47) } };
const annaFetched = applyFetched(applyGrant(policy, decided, "anna", days(47)), "anna", days(47));

describe.each(signClasses.filter((one) => one !== "signed"))("a weak sign (%s)", (by) => {
  const weak = { id: "weak-2", class: by };
  const accepting = aPolicy({ classes: ["signed", by] });

  it("begins a new silence where the policy accepts it", () => {
    const { history, accepted } = applySign(accepting, armed, weak, days(20));
    expect(accepted).toBe(true);
    expect(deriveSwitch(policy, history, days(20))).toMatchObject({ state: "armed", used: 0, left: days(47) });
    expect(history.lastSignedAttended).toBe(0);
    expect(history.lastSign).toEqual({ ...weak, attended: days(20) });
  });
  it("carries at most weakMax beyond the last signed sign, one upon the other, of whichever class", () => {
    const all = aPolicy({ classes: [...signClasses] });
    const first = applySign(all, armed, weak, days(60));
    expect(first.accepted).toBe(true);
    for (const other of signClasses.filter((one) => one !== "signed")) {
      const second = applySign(all, first.history, { id: "weak-3", class: other }, days(60) + 1);
      const refused = { accepted: false, reason: "weak-limit", withdrawnRecipients: [] };
      expect(second).toEqual({ history: first.history, ...refused });
    }
  });
  it("counts for nothing where the policy does not name its own class", () => {
    const others = signClasses.filter((one) => one !== by);
    const strict = aPolicy({ classes: others });
    expect(applySign(strict, armed, weak, days(1))).toMatchObject({ accepted: false, reason: "class-not-accepted" });
  });
  it("takes back nothing that was decided, and lifts no hold", () => {
    const { history, withdrawnRecipients } = applySign(accepting, decided, weak, days(48));
    expect([history.decision?.id, history.slots, withdrawnRecipients]).toEqual(["decision-1", decided.slots, []]);
    const held = applyRestore(policy, armed, days(5));
    expect(applySign(accepting, held, weak, days(6))).toMatchObject({ accepted: false, reason: "weak-while-held" });
  });
  it("counts for nothing where nothing runs, so that a policy that cools meanwhile binds with the silence that it began itself", () => {
    const closed = { ...armed, slots: armed.slots.map(({ r }) => ({ r, stage: "fetched" as const })) };
    const disarmed = applyDisarm(accepting, armed, { id: "disarm-1" }, days(1)).history;
    for (const still of [closed, disarmed]) {
      const { history } = applyPolicy(
        accepting,
        still,
        aPolicy({ id: "next", times: { ...policy.times, interval: days(20), reminders: [] } }),
        days(2),
      );
      expect(history.cooling).not.toBeNull();
      const refused = { accepted: false, reason: "weak-while-still", withdrawnRecipients: [] };
      expect(applySign(accepting, history, weak, days(3))).toEqual({ history, ...refused });
    }
  });
  it("counts for nothing without a policy, and where no signed sign is known", () => {
    expect(applySign(null, armed, weak, days(1))).toMatchObject({ accepted: false, reason: "class-not-accepted" });
    const unsigned = { ...armed, lastSignedAttended: null };
    expect(applySign(accepting, unsigned, weak, days(1))).toMatchObject({ accepted: false, reason: "weak-limit" });
  });
});

describe("the owner's return", () => {
  it("takes nothing back where nothing was decided", () => {
    const { history, withdrawnRecipients } = applySign(policy, armed, signed, days(20));
    expect([history.slots, withdrawnRecipients]).toEqual([armed.slots, []]);
  });
  it("is heard in every state, also under a policy that accepts no token", () => {
    for (const history of [armed, decided, annaFetched, applyRestore(policy, armed, days(5))])
      expect(applySign(aPolicy({ classes: ["signed"] }), history, signed, days(49))).toMatchObject({
        accepted: true,
        reason: "",
      });
  });
  it("withdraws what was not fetched and arms those recipients again with the full interval", () => {
    const { history, withdrawnRecipients } = applySign(policy, annaFetched, signed, days(49));
    expect(withdrawnRecipients).toEqual(["ben"]);
    expect(history.slots).toEqual([
      { r: "anna", stage: "fetched" },
      { r: "ben", stage: "withdrawn" },
    ]);
    expect(deriveSwitch(policy, history, days(49))).toMatchObject({ state: "armed", used: 0, left: days(47) });
    expect(() => applyFetched(history, "ben", days(60))).toThrow("not-due");
  });
  it("withdraws a grant that was given but not fetched", () => {
    const granted = applyGrant(policy, decided, "anna", days(47));
    expect(applySign(policy, granted, signed, days(48)).withdrawnRecipients).toEqual(["anna", "ben"]);
  });
  it("leaves a bequest closed once everything was fetched", () => {
    const both = applyFetched(applyGrant(policy, annaFetched, "ben", days(52)), "ben", days(52));
    const { history, withdrawnRecipients } = applySign(policy, both, signed, days(60));
    expect(withdrawnRecipients).toEqual([]);
    expect(deriveSwitch(policy, history, days(900))).toMatchObject({ state: "closed", actions: [] });
  });
});

describe("disarming", () => {
  it("stops everything until a policy binds again", () => {
    const { history } = applyDisarm(policy, armed, { id: "disarm-1" }, days(20));
    expect(deriveSwitch(policy, history, days(5000))).toMatchObject({
      state: "disarmed",
      actions: [],
      used: 0,
      left: 0,
    });
    const again = applyPolicy(policy, history, aPolicy({ id: "policy-2" }), days(21));
    expect(again.binds).toBe("now");
    expect(deriveSwitch(again.policy, again.history, days(21))).toMatchObject({ state: "armed", left: days(47) });
  });
  it("withdraws what was not fetched", () => {
    expect(applyDisarm(policy, annaFetched, { id: "disarm-1" }, days(48)).withdrawnRecipients).toEqual(["ben"]);
  });
  it("drops a policy that was cooling", () => {
    const cooling = applyPolicy(policy, armed, aPolicy({ id: "policy-2", weakMax: days(61) }), days(1)).history;
    expect(applyDisarm(policy, cooling, { id: "disarm-1" }, days(2)).history.cooling).toBeNull();
  });
  it("keeps the moment of the first arming", () => {
    const { history } = applyDisarm(policy, armed, { id: "disarm-1" }, days(20));
    expect(applyPolicy(policy, history, policy, days(21)).history.armedAtAttended).toBe(0);
  });
});

describe("taking a device away", () => {
  const looser = aPolicy({ id: "policy-2", weakMax: days(61) });
  const cooling = applyPolicy(policy, armed, looser, days(1)).history;

  it("drops what cools, for good, and is a signed sign", () => {
    const { history, accepted } = applyDeviceRevoked(policy, cooling, { id: "revoked" }, days(8) - 1);
    expect(accepted).toBe(true);
    expect(history.lastSign).toEqual({ id: "revoked", class: "signed", attended: days(8) - 1 });
    expect(deriveSwitch(policy, history, days(8))).toMatchObject({ state: "armed", actions: [], left: days(47) - 1 });
    expect(() => applyCoolingActivation(policy, history, days(9))).toThrow("not-due");
  });
  it("takes nothing back that had bound", () => {
    const bound = applyCoolingActivation(policy, cooling, days(8));
    const { history } = applyDeviceRevoked(bound.policy, bound.history, { id: "revoked" }, days(9));
    expect(history).toEqual(
      applySign(bound.policy, bound.history, { id: "revoked", class: "signed" }, days(9)).history,
    );
  });
  it("leaves disarmed what is, though its arming anew cooled", () => {
    const disarmed = applyDisarm(policy, armed, { id: "disarm-1" }, days(1)).history;
    const again = applyPolicy(policy, disarmed, looser, days(2)).history;
    const { history } = applyDeviceRevoked(policy, again, { id: "revoked" }, days(3));
    expect(deriveSwitch(policy, history, days(900))).toMatchObject({ state: "disarmed", actions: [] });
  });
});

describe("a restored keyholder", () => {
  it("holds: nothing is granted or decided, and what was not fetched goes back", () => {
    const restored = applyRestore(policy, annaFetched, days(50));
    expect(deriveSwitch(policy, restored, days(60))).toMatchObject({ state: "held", actions: [], waitsFor: "hold" });
    expect(restored.slots).toEqual([
      { r: "anna", stage: "fetched" },
      { r: "ben", stage: "withdrawn" },
    ]);
    expect(() => applyGrant(policy, restored, "ben", days(60))).toThrow("not-due");
  });
  it("ends the hold after ninety days and begins with the full interval", () => {
    const restored = applyRestore(policy, armed, days(50));
    expect(deriveSwitch(policy, restored, days(50)).left).toBe(days(90 + 47));
    expect(() => applyHoldLifted(restored, days(140) - 1)).toThrow("not-due");
    expect(deriveSwitch(policy, restored, days(140)).actions).toEqual([{ do: "liftHold" }]);
    const lifted = applyHoldLifted(restored, days(140));
    expect(deriveSwitch(policy, lifted, days(140))).toMatchObject({ state: "armed", used: 0, left: days(47) });
  });
  it("holds for interval and grace where they are longer", () => {
    const slow = aPolicy({ times: { ...policy.times, interval: days(300) } });
    expect(applyRestore(slow, armed, days(1)).held).toEqual({ untilAttended: days(315) });
  });
  it("ends the hold at once when the owner signs", () => {
    const { history } = applySign(policy, applyRestore(policy, armed, days(50)), signed, days(51));
    expect(deriveSwitch(policy, history, days(51))).toMatchObject({ state: "armed", left: days(47) });
  });
  it("does not let a share be fetched while it holds", () => {
    const granted = applyGrant(policy, decided, "anna", days(47));
    expect(() => applyFetched({ ...granted, held: { untilAttended: days(100) } }, "anna", days(48))).toThrow("not-due");
  });
});

it("every class but a device's own is weak", () => {
  expect(weakClasses).toEqual(["token", "delegated", "attested"]);
});
