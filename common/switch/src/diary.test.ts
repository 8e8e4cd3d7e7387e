import { describe, expect, it } from "vitest";
import { applyRequest, applyRequestsCalled } from "./ask.ts";
import { applyPolicy } from "./bind.ts";
import { applyLastCallAccepted } from "./facts.ts";
import { applyGap } from "./gaps.ts";
import type { SwitchHistory } from "./history.ts";
import { applyRestore } from "./hold.ts";
import { applyPause } from "./pause.ts";
import { aDiary } from "./testing/a-diary.ts";
import { anArmedSwitch, aPolicy, days, hours } from "./testing/an-armed-switch.ts";
import { withDueReminder } from "./testing/with-due-reminder.ts";
import { applyThaw } from "./thaw.ts";

const times = { interval: days(10), reminders: [days(5), days(8)], grace: days(2), lastCall: days(1) };
const policy = aPolicy({ times, unreachableExtra: days(3), requests: [{ r: "anna", wait: days(4) }] });
const { history: armed } = anArmedSwitch({ policy });
const warned = withDueReminder(policy, armed, days(8));
const inGrace = withDueReminder(policy, warned, days(10));

/** From `from` days on. */
function diaryOf(history: SwitchHistory, from: number, isMailTaken = (_now: number) => true): Record<string, string> {
  return aDiary({ policy, history }, { from: days(from), until: days(100), isMailTaken });
}

describe("a switch that is left to itself", () => {
  it("warns, calls and releases, and wakes on no other day", () => {
    expect(diaryOf(armed, 0)).toEqual({
      armed: "0",
      "reminding: remind reminding 0": "5",
      "reminding: remind reminding 1": "8",
      "grace: remind grace 0": "10",
      "grace: remind grace 1": "11",
      "lastCall (last-call): sendLastCall": "12",
      lastCall: "12",
      "lastCall: decide by silence": "13",
      "releasing: grant anna": "13",
      "releasing: grant ben": "18",
      released: "18",
    });
  });

  it("takes two weeks and the extra interval longer where no mail server takes anything, and tries once a day", () => {
    expect(diaryOf(armed, 0, () => false)).toEqual({
      armed: "0",
      "reminding: remind reminding 0": "5",
      "reminding: remind reminding 1": "8",
      "reminding (reminder): remind reminding 1, reachOwner": "10 11 12 13 14 15 16 17 18 19 20 21 22 23",
      "reminding (reminder): remind reminding 1": "10 11 12 13 14 15 16 17 18 19 20 21 22 23",
      "reminding (unreachable): remind reminding 1, reachOwner": "24 25 26",
      "reminding (unreachable): remind reminding 1": "24 25 26",
      "grace: remind grace 0": "27",
      "grace: remind grace 1": "28",
      "lastCall: sendLastCall": "29 29",
      "lastCall: decide by silence": "30",
      "releasing: grant anna": "30",
      "releasing: grant ben": "35",
      released: "35",
    });
  });

  it("begins its grace period when the first reminder is taken, where that is late", () => {
    expect(diaryOf(armed, 0, (now) => now > days(12))).toEqual({
      armed: "0",
      "reminding: remind reminding 0": "5",
      "reminding: remind reminding 1": "8",
      "reminding (reminder): remind reminding 1, reachOwner": "10 11 12 13",
      "reminding (reminder): remind reminding 1": "10 11 12",
      grace: "13",
      "grace: remind grace 1": "14",
      "lastCall (last-call): sendLastCall": "15",
      lastCall: "15",
      "lastCall: decide by silence": "16",
      "releasing: grant anna": "16",
      "releasing: grant ben": "21",
      released: "21",
    });
  });

  it("tries the last call for two weeks and the extra interval where it alone is not taken", () => {
    expect(diaryOf(inGrace, 10, (now) => now < days(12))).toEqual({
      grace: "10",
      "grace: remind grace 1": "11",
      "lastCall (last-call): sendLastCall":
        "12 12 13 13 14 14 15 15 16 16 17 17 18 18 19 19 20 20 21 21 22 22 23 23 24 24 25 25",
      "lastCall (unreachable): sendLastCall": "26 26 27 27 28 28",
      "lastCall: sendLastCall": "29 29",
      "lastCall: decide by silence": "30",
      "releasing: grant anna": "30",
      "releasing: grant ben": "35",
      released: "35",
    });
  });

  it("waits for its hold, and says no more before it is over", () => {
    expect(diaryOf(applyRestore(policy, armed, days(1)), 1)).toEqual({
      "held (hold)": "1",
      "held (hold): liftHold": "91",
      armed: "91",
      "reminding: remind reminding 0": "96",
      "reminding: remind reminding 1": "99",
    });
  });

  it("waits for its pause, and begins with the whole interval", () => {
    expect(diaryOf(applyPause(policy, armed, { id: "pause", forMs: days(9) }, days(1)).history, 1)).toEqual({
      "paused (pause)": "1",
      armed: "10",
      "reminding: remind reminding 0": "15",
      "reminding: remind reminding 1": "18",
      "grace: remind grace 0": "20",
      "grace: remind grace 1": "21",
      "lastCall (last-call): sendLastCall": "22",
      lastCall: "22",
      "lastCall: decide by silence": "23",
      "releasing: grant anna": "23",
      "releasing: grant ben": "28",
      released: "28",
    });
  });

  it("goes by a shorter policy from the seventh day on", () => {
    const shorter = { interval: days(6), reminders: [days(5)], grace: days(1), lastCall: days(0.5) };
    const { history } = applyPolicy(policy, armed, { ...policy, id: "shorter", times: shorter }, days(1));
    expect(diaryOf(history, 1)).toEqual({
      armed: "1",
      "reminding: remind reminding 0": "6",
      "reminding: activateCooling": "8",
      "grace (reminder): remind grace 1, reachOwner": "8",
      "lastCall (last-call): sendLastCall": "8",
      lastCall: "8",
      "lastCall: decide by silence": "8.5",
      "releasing: grant anna": "8.5",
      "releasing: grant ben": "13.5",
      released: "13.5",
    });
  });
});

describe("a switch somebody asked about", () => {
  const ask = { id: "ask", r: "anna" };

  it("calls, reminds once a day, and releases after the wait and the first seven days", () => {
    expect(diaryOf(applyRequest(policy, armed, ask, days(1.5)), 1.5)).toEqual({
      "requested (last-call): callAboutRequest": "1.5",
      requested: "1.5",
      "requested: remind request 1": "2.5",
      "requested: remind request 2": "3.5",
      "requested: remind request 3": "4.5",
      "requested: remind reminding 0": "5",
      "requested (first-arming): remind request 4": "5.5",
      "requested (first-arming): remind request 5": "6.5",
      "requested: decide by request": "7",
      "releasing: grant anna": "7",
      "releasing: grant ben": "12",
      released: "12",
    });
  });

  it("calls in vain for two weeks and the extra interval, while silence goes on beside it", () => {
    expect(diaryOf(applyRequest(policy, warned, ask, days(9)), 9, () => false)).toEqual({
      "requested (last-call): callAboutRequest": "9 9",
      "requested (last-call): remind grace 0, callAboutRequest, remind request 1": "10 10",
      "requested (last-call): remind grace 1, callAboutRequest, remind request 2": "11 11",
      "requested (last-call): remind grace 2, reachOwner, callAboutRequest, remind request 3": "12",
      "requested (last-call): remind grace 2, callAboutRequest, remind request 3": "12",
      "requested (last-call): remind grace 3, reachOwner, callAboutRequest, remind request 4": "13",
      "requested (last-call): remind grace 3, callAboutRequest, remind request 4": "13",
      "requested (last-call): remind grace 4, reachOwner, callAboutRequest, remind request 5": "14",
      "requested (last-call): remind grace 4, callAboutRequest, remind request 5": "14",
      "requested (last-call): remind grace 5, reachOwner, callAboutRequest, remind request 6": "15",
      "requested (last-call): remind grace 5, callAboutRequest, remind request 6": "15",
      "requested (last-call): remind grace 6, reachOwner, callAboutRequest, remind request 7": "16",
      "requested (last-call): remind grace 6, callAboutRequest, remind request 7": "16",
      "requested (last-call): remind grace 7, reachOwner, callAboutRequest, remind request 8": "17",
      "requested (last-call): remind grace 7, callAboutRequest, remind request 8": "17",
      "requested (last-call): remind grace 8, reachOwner, callAboutRequest, remind request 9": "18",
      "requested (last-call): remind grace 8, callAboutRequest, remind request 9": "18",
      "requested (last-call): remind grace 9, reachOwner, callAboutRequest, remind request 10": "19",
      "requested (last-call): remind grace 9, callAboutRequest, remind request 10": "19",
      "requested (last-call): remind grace 10, reachOwner, callAboutRequest, remind request 11": "20",
      "requested (last-call): remind grace 10, callAboutRequest, remind request 11": "20",
      "requested (last-call): remind grace 11, reachOwner, callAboutRequest, remind request 12": "21",
      "requested (last-call): remind grace 11, callAboutRequest, remind request 12": "21",
      "requested (last-call): remind grace 12, reachOwner, callAboutRequest, remind request 13": "22",
      "requested (last-call): remind grace 12, callAboutRequest, remind request 13": "22",
      "requested (unreachable): remind grace 13, reachOwner, callAboutRequest, remind request 14": "23",
      "requested (unreachable): remind grace 13, callAboutRequest, remind request 14": "23",
      "requested (unreachable): remind grace 14, reachOwner, callAboutRequest, remind request 15": "24",
      "requested (unreachable): remind grace 14, callAboutRequest, remind request 15": "24",
      "requested (unreachable): remind grace 15, reachOwner, callAboutRequest, remind request 16": "25",
      "requested (unreachable): remind grace 15, callAboutRequest, remind request 16": "25",
      "lastCall: sendLastCall, callAboutRequest, remind request 17": "26 26",
      "lastCall: decide by silence": "27",
      "releasing: grant anna": "27",
      "releasing: grant ben": "32",
      released: "32",
    });
  });

  it("is released by silence where that comes first", () => {
    expect(diaryOf(applyRequest(policy, warned, ask, days(9)), 9, (now) => now > days(12))).toEqual({
      "requested (last-call): callAboutRequest": "9 9",
      "requested (last-call): remind grace 0, callAboutRequest, remind request 1": "10 10",
      "requested (last-call): remind grace 1, callAboutRequest, remind request 2": "11 11",
      "requested (last-call): remind grace 2, reachOwner, callAboutRequest, remind request 3": "12",
      "requested (last-call): remind grace 2, callAboutRequest, remind request 3": "12",
      "requested (last-call): remind grace 3, reachOwner, callAboutRequest, remind request 4": "13",
      "lastCall (last-call): sendLastCall": "13",
      lastCall: "13",
      "lastCall: decide by silence": "14",
      "releasing: grant anna": "14",
      "releasing: grant ben": "19",
      released: "19",
    });
  });

  it("calls again after a freeze, and keeps the wait that it had but for three days", () => {
    const asked = applyRequest(policy, armed, ask, days(3));
    const { history } = applyRequestsCalled(policy, asked, ["ask"], days(3));
    expect(diaryOf(applyThaw(policy, history, hours(30), days(4)), 4)).toEqual({
      "requested (last-call): callAboutRequest, remind request 1": "4",
      requested: "4",
      "requested: remind reminding 0, remind request 2": "5",
      "requested: remind request 3": "6",
      "requested: remind request 4": "7",
      "requested: decide by request": "7+1ms",
      "releasing: grant anna": "7+1ms",
      "releasing: grant ben": "12+1ms",
      released: "12+1ms",
    });
  });
});

describe("a switch whose warning was disturbed", () => {
  it("sends one message after two outages of a day, and leaves the longer one's half", () => {
    const history = applyGap(policy, applyGap(policy, warned, hours(12), days(9.5)), hours(36), days(9.75));
    expect(diaryOf(history, 9.75, (now) => now > days(9.8))).toEqual({
      "reminding: remind gap 0": "9.75",
      "reminding (reminder): remind gap 0, reachOwner": "10",
      reminding: "10",
      "grace: remind grace 0": "10.5",
      "grace: remind grace 1": "11.5",
      "lastCall (last-call): sendLastCall": "12.5",
      lastCall: "12.5",
      "lastCall: decide by silence": "13.5",
      "releasing: grant anna": "13.5",
      "releasing: grant ben": "18.5",
      released: "18.5",
    });
  });

  it("reminds on through an outage of its grace period, three days longer at most", () => {
    expect(diaryOf(applyGap(policy, inGrace, days(30), days(11.5)), 11.5)).toEqual({
      "grace: remind grace 1": "11.5",
      "grace: remind grace 2": "12",
      "grace: remind grace 3": "13",
      "grace: remind grace 4": "14",
      "lastCall (last-call): sendLastCall": "14.5",
      lastCall: "14.5",
      "lastCall: decide by silence": "15.5",
      "releasing: grant anna": "15.5",
      "releasing: grant ben": "20.5",
      released: "20.5",
    });
  });

  it("makes the last call again after a freeze", () => {
    const { history } = applyLastCallAccepted(policy, inGrace, days(12));
    expect(diaryOf(applyThaw(policy, history, hours(30), days(12.75)), 12.75)).toEqual({
      "grace (reminder): remind grace 2, reachOwner": "12.75",
      "grace (reminder): reachOwner": "12.75",
      "grace (reminder): remind gap 0, reachOwner": "12.75+1ms",
      grace: "12.75+1ms",
      "grace: remind grace 3": "13",
      "lastCall (last-call): sendLastCall": "13.375+1ms",
      lastCall: "13.375+1ms",
      "lastCall: decide by silence": "14.375+1ms",
      "releasing: grant anna": "14.375+1ms",
      "releasing: grant ben": "19.375+1ms",
      released: "19.375+1ms",
    });
  });
});
