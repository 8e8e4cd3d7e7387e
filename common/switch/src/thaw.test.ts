import { describe, expect, it } from "vitest";
import { applyRequest, applyRequestsCalled } from "./ask.ts";
import { deriveSwitch } from "./derive.ts";
import { applyLastCallAccepted } from "./facts.ts";
import { applyGap } from "./gaps.ts";
import type { SwitchHistory } from "./history.ts";
import type { SwitchPolicy } from "./policy.ts";
import { applySign } from "./sign.ts";
import { anArmedSwitch, aPolicy, days, hours } from "./testing/an-armed-switch.ts";
import { withDueReminder } from "./testing/with-due-reminder.ts";
import { applyThaw } from "./thaw.ts";
import { applyTriedInVain } from "./unreachable.ts";

const policy = aPolicy({ times: { ...aPolicy().times, lastCall: days(10) }, requests: [{ r: "anna", wait: days(6) }] });
const armed = anArmedSwitch({ policy }).history;

const told = (history: SwitchHistory, now: number) => withDueReminder(policy, history, now);

const called = (history: SwitchHistory, now: number) => applyLastCallAccepted(policy, history, now).history;
const at = (history: SwitchHistory, now: number) => deriveSwitch(policy, history, now);
const does = (history: SwitchHistory, now: number) => at(history, now).actions.map((action) => action.do);
const warned = told(armed, days(27));
const late = told(warned, days(43.5));

describe("after a freeze", () => {
  it("a switch that was not warning anybody goes on as if nothing had been", () => {
    expect(applyThaw(policy, armed, days(30), days(3))).toEqual(armed);
  });

  it.each([
    ["reminding", warned, days(29.5), "grace"],
    ["grace", late, days(43.9), "lastCall"],
  ] as const)("%s ends only after one more message and three days", (state, history, now, next) => {
    const thawed = applyThaw(policy, history, days(30), now);
    expect(at(told(history, now), days(60)).state).toBe(next);
    expect(at(thawed, now + days(9)).state).toBe(state);
    expect(does(thawed, now)).toEqual([]);
    expect(does(thawed, now + 1)).toEqual(["remind"]);
    const answered = told(thawed, now + 1);
    expect(at(answered, now + 1 + days(3) - 1).state).toBe(state);
    expect(at(answered, now + 1 + days(3)).state).toBe(next);
  });

  it("what was refused stays as it was", () => {
    const asked = applyRequest(policy, armed, { id: "ask", r: "anna" }, days(8));
    const refused = applySign(policy, asked, { id: "here", class: "signed" }, days(9)).history;
    expect(applyThaw(policy, refused, hours(1), days(9.5))).toEqual(refused);
  });

  it("a link that the owner presses then puts what was asked off by three days, as the mail says", () => {
    const asked = applyRequest(policy, armed, { id: "ask", r: "anna" }, days(8));
    const first = applyRequestsCalled(policy, asked, ["ask"], days(8)).history;
    const thawed = applyThaw(policy, first, hours(1), days(17.9));
    const second = applyRequestsCalled(policy, thawed, ["ask"], days(17.9) + 1).history;
    const due = days(20.9) + 1;
    expect(at(second, due).actions).toContainEqual({ do: "decide", trigger: "request" });
    const pressed = applySign(policy, second, { id: "link", class: "token" }, due - hours(1)).history;
    expect(at(pressed, due + days(3) - 1).actions).not.toContainEqual({ do: "decide", trigger: "request" });
    expect(at(pressed, due + days(3)).actions).toContainEqual({ do: "decide", trigger: "request" });
  });

  it("as short as it may be, twelve hours: the least that a last call has", () => {
    const thawed = told(applyThaw(policy, warned, hours(1), days(29.9)), days(29.9) + 1);
    expect(at(thawed, days(29.9) + 1 + hours(12) - 1).state).toBe("reminding");
    expect(at(thawed, days(29.9) + 1 + hours(12)).state).toBe("grace");
  });

  it("half of what it was, to the millisecond, and named after the outages of the same silence", () => {
    const before = applyGap(policy, warned, hours(8), days(28));
    const thawed = applyThaw(policy, before, hours(61) + 1, days(29));
    const asked = {
      phase: "reminding",
      atAttended: days(29) + 1,
      extraMs: hours(30.5) + 1,
      notBefore: 0,
      isThaw: true,
    };
    expect(thawed.gaps).toEqual([...before.gaps, { ...asked, index: 1 }]);
    expect(applyThaw(policy, warned, hours(61) + 1, days(29)).gaps).toEqual([{ ...asked, index: 0 }]);
  });

  it("no first call is one that nobody made: an owner who will count as unreachable was not called yet", () => {
    const inLastCall = told(warned, days(30));
    const [called44, unheard] = [
      called(inLastCall, days(44)),
      [44, 45, 46, 47, 48].reduce((history, day) => applyTriedInVain(history, days(day)), inLastCall),
    ];
    const first = (history: SwitchHistory, now: number) => applyThaw(policy, history, hours(1), now).calledBeforeThaw;
    expect([first(called44, days(44)), first(called44, days(50))]).toEqual([days(44), days(44)]);
    expect([first(inLastCall, days(50)), first(unheard, days(50)), first(unheard, days(118) - 1)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(first(unheard, days(118))).toBe(days(118));
  });

  it("takes no message for an answer that was taken before it, whatever the attended time says", () => {
    const before = told(warned, days(29));
    const thawed = applyThaw(policy, before, days(30), days(29));
    expect(at(thawed, days(40)).state).toBe("reminding");
  });

  it("the last call is made again after a reminder, and the first one's wait runs on", () => {
    const calling = called(told(warned, days(30)), days(44));
    expect(at(calling, days(54)).actions).toEqual([{ do: "decide", trigger: "silence" }]);
    const thawed = applyThaw(policy, calling, days(30), days(46));
    expect(at(thawed, days(46)).state).toBe("grace");
    const answered = told(thawed, days(46) + 1);
    expect(does(answered, days(49))).not.toContain("sendLastCall");
    expect(does(answered, days(49) + 1)).toEqual(["sendLastCall"]);
    const again = called(answered, days(49) + 1);
    expect(does(again, days(54) - 1)).toEqual([]);
    expect(does(again, days(54))).toEqual(["decide"]);
  });

  it("just before the decision there are three days more after the call, not the whole wait", () => {
    const calling = called(told(warned, days(30)), days(44));
    const thawed = applyThaw(policy, calling, days(30), days(54) - 1);
    const again = called(told(thawed, days(54)), days(57));
    expect(does(again, days(60) - 1)).toEqual([]);
    expect(does(again, days(60))).toEqual(["decide"]);
  });

  it("and another freeze meanwhile, the first call's wait still counts", () => {
    const calling = called(told(warned, days(30)), days(44));
    const twice = applyThaw(policy, applyThaw(policy, calling, days(30), days(46)), days(30), days(47));
    const again = called(told(twice, days(47) + 1), days(50) + 1);
    expect(does(again, days(54))).toEqual(["decide"]);
  });

  it("a first call is none that was too early for a longer policy, whether its grace period has begun or not", () => {
    const calling = called(told(warned, days(30)), days(44));
    const thawed = applyThaw(policy, calling, hours(1), days(46));
    const again = called(told(thawed, days(46) + 1), days(47));
    const dueBy = (times: Partial<SwitchPolicy["times"]>) => {
      const longer = { ...policy, times: { ...policy.times, ...times } };
      const { left } = deriveSwitch(longer, again, days(50));
      return days(50) + left;
    };
    expect(dueBy({})).toBe(days(54));
    expect(dueBy({ grace: days(15) })).toBe(days(57));
    expect(dueBy({ grace: days(30) })).toBe(days(70));
    // It is kept all the same, for a policy under which it counts again.
    const longer = { ...policy, times: { ...policy.times, grace: days(30) } };
    expect(applyThaw(longer, again, hours(1), days(50)).calledBeforeThaw).toBe(days(44));
  });

  it("an open request is called about again, and keeps the wait that it had", () => {
    const asked = applyRequest(policy, armed, { id: "ask", r: "anna" }, days(1));
    const calledAbout = applyRequestsCalled(policy, asked, ["ask"], days(1)).history;
    const thawed = applyThaw(policy, calledAbout, days(30), days(10));
    expect(does(calledAbout, days(11))).toEqual(["decide"]);
    expect(does(thawed, days(20))).toContain("callAboutRequest");
    const again = applyRequestsCalled(policy, thawed, ["ask"], days(20)).history;
    expect(does(again, days(23) - 1)).not.toContain("decide");
    expect(does(again, days(23))).toEqual(["decide"]);
  });

  it("breaks no promise of 'not before', whenever it was made", () => {
    const calling = called(told(warned, days(30)), days(44));
    for (const [history, now] of [
      [warned, days(29)],
      [late, days(43)],
      [calling, days(50)],
    ] as const) {
      const promised = now + at(history, now).left;
      expect(now + at(applyThaw(policy, history, hours(1), now), now).left).toBeGreaterThanOrEqual(promised);
    }
  });

  it("a sign begins the full interval, and nothing of the freeze is left", () => {
    const calling = called(told(warned, days(30)), days(44));
    const thawed = applyThaw(policy, calling, days(30), days(46));
    const { history } = applySign(policy, thawed, { id: "sign", class: "signed" }, days(47));
    expect(history).toMatchObject({ gaps: [], calledBeforeThaw: null, lastCallAcceptedAttended: null });
  });
});
