import { describe, expect, it } from "vitest";
import { applyPolicy } from "./bind.ts";
import { deriveSwitch } from "./derive.ts";
import { applyRestore } from "./hold.ts";
import { applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, aRecipient, days } from "./testing/an-armed-switch.ts";

const policy = aPolicy();
const armed = anArmedSwitch({ policy }).history;

describe("a hold after a restore", () => {
  it("lasts ninety days, or interval and grace if they are longer", () => {
    expect(applyRestore(policy, armed, days(10)).held).toEqual({ untilAttended: days(100) });
    const long = aPolicy({ times: { ...policy.times, interval: days(300) } });
    expect(applyRestore(long, anArmedSwitch({ policy: long }).history, days(10)).held).toEqual({
      untilAttended: days(324),
    });
  });

  it("drops what cooled, and breaks no promise by it: a receipt never counted on the longer times alone", () => {
    const longer = {
      ...policy,
      id: "longer",
      times: { ...policy.times, interval: days(300) },
      recipients: [...policy.recipients, aRecipient("carla")],
    };
    const { history } = applyPolicy(policy, armed, longer, days(10));
    const promised = days(10) + deriveSwitch(policy, history, days(10)).left;
    expect(promised).toBe(days(10 + 47));
    const held = applyRestore(policy, history, days(20));
    expect(held.cooling).toBeNull();
    const { history: back } = applySign(policy, held, { id: "sign", class: "signed" }, days(20));
    expect(days(20) + deriveSwitch(policy, back, days(20)).left).toBeGreaterThanOrEqual(promised);
  });

  it("counts down to its end and a whole silence after it, also where everything was taken before", () => {
    const [anna, ben] = policy.recipients.map(({ r }) => r);
    const taken = { ...armed, slots: [anna, ben].map((r = "") => ({ r, stage: "opened" as const })) };
    expect(deriveSwitch(policy, taken, days(10)).left).toBe(0);
    const held = { ...taken, held: { untilAttended: days(100) } };
    expect(deriveSwitch(policy, held, days(10))).toMatchObject({ state: "held", left: days(90 + 47) });
  });
});
