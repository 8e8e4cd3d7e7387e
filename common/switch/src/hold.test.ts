import { describe, expect, it } from "vitest";
import { applyPolicy } from "./bind.ts";
import { deriveSwitch } from "./derive.ts";
import { applyHoldLifted, applyRestore } from "./hold.ts";
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

  it("lasts as long as receipts promised that counted on a longer policy which the restore drops", () => {
    const longer = {
      ...policy,
      id: "longer",
      times: { ...policy.times, interval: days(300) },
      recipients: [...policy.recipients, aRecipient("carla")],
    };
    const { history } = applyPolicy(policy, armed, longer, days(10));
    const promised = days(10) + deriveSwitch(policy, history, days(10)).left;
    expect(promised).toBe(days(10 + 317));
    const held = applyRestore(policy, history, days(20));
    expect(held.cooling).toBeNull();
    expect(held.held).toEqual({ untilAttended: promised });
    const lifted = applyHoldLifted(held, promised);
    expect(promised + deriveSwitch(policy, lifted, promised).left).toBeGreaterThan(promised);
  });
});
