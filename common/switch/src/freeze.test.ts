import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { frozenSwitch } from "./freeze.ts";
import { applyDisarm } from "./sign.ts";
import { anArmedSwitch, days } from "./testing/an-armed-switch.ts";

const { policy, history } = anArmedSwitch();

describe("a switch whose clock is in doubt", () => {
  it("has nothing to do and nothing to wait for, and says how much is left", () => {
    const running = deriveSwitch(policy, history, days(28));
    expect(running.actions).not.toEqual([]);
    expect(frozenSwitch(running)).toEqual({
      ...running,
      state: "frozen",
      actions: [],
      nextWakeAttended: null,
      waitsFor: "clock",
    });
  });

  it("is what it was where nothing runs", () => {
    const stopped = applyDisarm(policy, history, { id: "disarm" }, days(1));
    for (const still of [deriveSwitch(null, history, 0), deriveSwitch(policy, stopped.history, days(2))])
      expect(frozenSwitch(still)).toBe(still);
  });
});
