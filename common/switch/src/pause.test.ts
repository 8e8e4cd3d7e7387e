import { describe, expect, it } from "vitest";
import { applyRequest } from "./ask.ts";
import { applyPolicy } from "./bind.ts";
import { deriveSwitch } from "./derive.ts";
import type { SwitchHistory } from "./history.ts";
import { applyLostPause, applyPause } from "./pause.ts";
import { applyDisarm, applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, days } from "./testing/an-armed-switch.ts";

const policy = aPolicy();
const armed = anArmedSwitch({ policy }).history;
const { history: paused } = applyPause(policy, armed, { id: "pause", forMs: days(100) }, days(10));

/** One that is taken back now. */
const lostPause = (history: SwitchHistory, forMs: number, now: number) =>
  applyLostPause(history, { id: "lost", forMs, atAttended: now }, now);

describe("a pause", () => {
  it("leaves all of it and the full time to go, and then begins anew", () => {
    expect(deriveSwitch(policy, paused, days(10))).toMatchObject({ state: "paused", used: 0, left: days(100 + 47) });
    expect(deriveSwitch(policy, paused, days(110) - 1).state).toBe("paused");
    expect(deriveSwitch(policy, paused, days(110))).toMatchObject({ state: "armed", used: 0, left: days(47) });
    expect(deriveSwitch(policy, paused, days(140)).state).toBe("reminding");
  });

  it("never lasts longer than a year", () => {
    const { history } = applyPause(policy, armed, { id: "pause", forMs: days(4000) }, days(10));
    expect(history.paused?.untilAttended).toBe(days(375));
  });

  it("is ended by nothing, a policy and a disarm, and not by a check-in", () => {
    const sign = { id: "sign", class: "signed" as const };
    expect(applySign(policy, paused, sign, days(20)).history.paused).toEqual(paused.paused);
    expect(applyPause(policy, paused, { id: "end", forMs: 0 }, days(20)).history.paused).toBeNull();
    expect(applyPolicy(policy, paused, { ...policy, id: "next" }, days(20)).history.paused).toBeNull();
    expect(applyDisarm(policy, paused, { id: "disarm" }, days(20)).history.paused).toBeNull();
  });

  it("that was lost is no sign, and never shortens one that is known", () => {
    const lost = lostPause(armed, days(5), days(10)).history;
    expect(lost).toEqual({ ...armed, paused: { id: "lost", untilAttended: days(15) } });
    expect(lostPause(paused, days(5), days(20)).history).toBe(paused);
    expect(lostPause(paused, days(300), days(20)).history.paused?.untilAttended).toBe(days(320));
  });

  it("that was lost, or of nothing, or known to the day, leaves everything as it is, also what was asked", () => {
    const asking = aPolicy({ requests: [{ r: "anna", wait: days(5) }] });
    const asked = applyRequest(asking, anArmedSwitch({ policy: asking }).history, { id: "ask", r: "anna" }, days(8));
    expect(lostPause(asked, 0, days(9)).history).toBe(asked);
    expect(lostPause(asked, 1, days(9)).history).toMatchObject({ requests: [] });
    expect(lostPause(asked, 1, 0).history.paused).toEqual({ id: "lost", untilAttended: 1 });
    expect(lostPause(paused, days(90), days(20)).history).toBe(paused);
  });

  it("that was lost counts from when it was taken back, and is over when that is", () => {
    const lost = { id: "lost", forMs: days(5), atAttended: days(10) };
    const { history } = applyLostPause(armed, lost, days(12));
    expect(history.paused).toEqual({ id: "lost", untilAttended: days(15) });
    expect(applyLostPause(history, lost, days(13)).history).toBe(history);
    expect(applyLostPause(armed, lost, days(15)).history).toBe(armed);
  });

  it("is as short as the owner says", () => {
    const { history } = applyPause(policy, armed, { id: "pause", forMs: 1 }, days(10));
    expect(history.paused).toEqual({ id: "pause", untilAttended: days(10) + 1 });
  });
});
