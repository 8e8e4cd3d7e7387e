import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { frozenSwitch } from "./freeze.ts";
import { applyDisarm } from "./sign.ts";
import { anArmedSwitch, days } from "./testing/an-armed-switch.ts";

const { policy, history } = anArmedSwitch();

describe("a switch that is frozen", () => {
  it.each([
    ["by a clock in doubt", { waitsFor: "clock" }, null],
    ["by two operators", { waitsFor: "operators", untilAttended: days(40) }, days(40)],
  ] as const)("%s has nothing to do, and says how much is left and what it waits for", (_, by, nextWakeAttended) => {
    const running = deriveSwitch(policy, history, days(28));
    expect(running.actions).not.toEqual([]);
    const { waitsFor } = by;
    expect(frozenSwitch(running, by)).toEqual({ ...running, state: "frozen", actions: [], nextWakeAttended, waitsFor });
  });

  it("is what it was where nothing runs", () => {
    const stopped = applyDisarm(policy, history, { id: "disarm" }, days(1));
    for (const still of [deriveSwitch(null, history, 0), deriveSwitch(policy, stopped.history, days(2))])
      expect(frozenSwitch(still, { waitsFor: "clock" })).toBe(still);
  });
});
