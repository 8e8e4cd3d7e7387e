import { describe, expect, it } from "vitest";
import {
  applyFreeze,
  applyFreezeEnded,
  applyFreezePassed,
  freezesLeft,
  type IncidentFreeze,
  isFrozen,
  neverFrozen,
} from "./incident-freeze.ts";
import { aWatchedSwitch, letHappen, type WatchedEvent } from "./testing/a-watched-switch.ts";
import { stateOf, type WatchedSwitch } from "./testing/watched-state.ts";
import { anArmedSwitch, aPolicy, days, hours } from "./testing/an-armed-switch.ts";

const order = (forMs: number) => ({ id: "freeze", forMs });
const whole = (freeze: IncidentFreeze, now: number) =>
  applyFreezePassed(applyFreeze(freeze, order(days(30)), now), days(30), now);

describe("freezes in a row", () => {
  it("begin where nothing was ever frozen", () => {
    expect(neverFrozen).toEqual({ id: "", turn: 0, leftMs: 0, lengthMs: 0, endedAttended: 0 });
    expect(isFrozen(neverFrozen)).toBe(false);
    expect(freezesLeft(neverFrozen, 0)).toEqual({ left: 3, inMs: 0 });
  });

  it("last thirty days at most, and end by themselves", () => {
    const freeze = applyFreeze(neverFrozen, order(days(400)), days(5));
    expect(freeze).toMatchObject({ turn: 1, leftMs: days(30) });
    expect(isFrozen(applyFreezePassed(freeze, days(30) - 1, days(5)))).toBe(true);
    expect(applyFreezePassed(freeze, days(31), days(5))).toMatchObject({ leftMs: 0, lengthMs: days(30) });
  });

  it("are three at most, whether one renews another or follows it", () => {
    const renewed = applyFreeze(applyFreeze(neverFrozen, order(days(30)), 0), order(days(30)), 0);
    const ended = applyFreezeEnded(renewed, 0);
    const third = applyFreeze(ended, order(hours(1)), days(89));
    expect([renewed.turn, third.turn]).toEqual([2, 3]);
    expect(freezesLeft(renewed, 0)).toEqual({ left: 1, inMs: 0 });
    expect(freezesLeft(third, days(89))).toEqual({ left: 0, inMs: hours(1) + days(90) });
    const refusal = expect.objectContaining({ code: "freeze-used-up" });
    expect(() => applyFreeze(third, order(days(1)), days(89))).toThrow(refusal);
    const over = applyFreezeEnded(third, days(89));
    expect(() => applyFreeze(over, order(days(1)), days(89 + 90) - 1)).toThrow(refusal);
    expect(freezesLeft(over, days(89 + 10))).toEqual({ left: 0, inMs: days(80) });
    expect(applyFreeze(over, order(days(1)), days(89 + 90)).turn).toBe(1);
  });

  it("are as long together as renewals make them, and each counts for itself where one follows another", () => {
    const begun = applyFreezePassed(applyFreeze(neverFrozen, order(days(30)), 0), days(10), 0);
    const renewed = applyFreezePassed(applyFreeze(begun, order(days(30)), 0), days(5), 0);
    expect(renewed).toMatchObject({ turn: 2, leftMs: days(25), lengthMs: days(15) });
    const following = applyFreeze(applyFreezeEnded(renewed, 0), order(days(30)), days(1));
    expect(following).toMatchObject({ turn: 3, leftMs: days(30), lengthMs: 0 });
  });

  it("never freeze for more than ninety days before ninety have been counted", () => {
    const three = [0, 0, 0].reduce((freeze, now) => whole(freeze, now), neverFrozen);
    expect(freezesLeft(three, 0)).toEqual({ left: 0, inMs: days(90) });
  });

  it("are not ended where there is none", () => {
    expect(() => applyFreezeEnded(neverFrozen, 0)).toThrow(expect.objectContaining({ code: "not-due" }));
  });
});

/** Operators who freeze whenever they may. */
type Habit = { readonly name: string; readonly forMs: number; freezes(watched: WatchedSwitch): boolean };
const habits: readonly Habit[] = [
  { name: "for as long as they may", forMs: days(30), freezes: () => true },
  { name: "for an hour", forMs: hours(1), freezes: () => true },
  { name: "when the last call has been made", forMs: days(30), freezes: (one) => stateOf(one) === "lastCall" },
  {
    name: "for an hour when the last call has been made",
    forMs: hours(1),
    freezes: (one) => stateOf(one) === "lastCall",
  },
];

const everyDay: readonly WatchedEvent[] = [{ is: "reminder" }, { is: "call" }, { is: "wait", ms: days(1) }];

function daysUntilDecided(start: WatchedSwitch, { forMs, freezes }: Habit): number {
  let watched = start;
  for (let day = 0; day < 700; day++) {
    if (watched.witness.decidedAt !== null) return day;
    if (!isFrozen(watched.incident) && freezes(watched))
      watched = letHappen(watched, { is: "operatorsFreeze", ms: forMs });
    for (const event of everyDay) watched = letHappen(watched, event);
  }
  return Number.POSITIVE_INFINITY;
}

describe("operators who freeze whenever they may", () => {
  const policy = aPolicy({
    times: { interval: days(30), reminders: [days(15)], grace: days(14), lastCall: days(120) },
  });
  const start = aWatchedSwitch(policy, anArmedSwitch({ policy }).history, 0);
  const undisturbed = daysUntilDecided(start, { name: "", forMs: 0, freezes: () => false });

  it.each(habits)("$name delay a release by ninety days for each ninety that count, and by six days a row", (habit) => {
    const took = daysUntilDecided(start, habit);
    const rows = 1 + Math.floor((undisturbed + 6) / 90);
    expect(took).toBeGreaterThanOrEqual(undisturbed);
    // Why two more a row: here messages are taken once a day.
    expect(took).toBeLessThanOrEqual(undisturbed + rows * (90 + 6 + 2));
  });
});
