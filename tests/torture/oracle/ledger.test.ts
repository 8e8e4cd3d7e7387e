import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { UpTime } from "../machine/up-time.ts";
import { BequestFacts } from "./bequest-facts.ts";
import { Ledger } from "./ledger.ts";
import { dayMs } from "./terms.ts";

/** A ledger over a machine that ran long enough for everything, and one bequest that nobody stops. */
function aWatchedBequest(upTime: UpTime = new LongUpTime()) {
  const time = { now: 0 };
  const ledger = new Ledger({ upTime, factor: 864_000, trueNow: () => time.now });
  const terms = { interval: 20 * dayMs, grace: 10 * dayMs, lastCall: 2 * dayMs };
  const left = { message: "", documents: new Map<string, string>() };
  return { time, ledger, facts: new BequestFacts({ b: "b", owner: "Vera", terms, left }) };
}

class LongUpTime extends UpTime {
  override between(): number {
    return 1000 * dayMs;
  }
}

describe("a receipt's date", () => {
  it("is never undercut, also one that says a later day than what is left", () => {
    for (const { at, isEarly } of [
      { at: 39 * dayMs, isEarly: true },
      { at: 40 * dayMs, isEarly: false },
    ]) {
      const { time, ledger, facts } = aWatchedBequest();
      ledger.promised(facts, 40 * dayMs, 32 * dayMs);
      time.now = at;
      ledger.sawDecided(facts, 1);
      expect(ledger.violations.map(({ rule }) => rule)).toEqual(isEarly ? ["early"] : []);
    }
  });

  it("counts for no more than what is left since a clock was wrong", () => {
    const { time, ledger, facts } = aWatchedBequest();
    ledger.clockGoesWrong();
    ledger.promised(facts, 5000 * dayMs, 32 * dayMs);
    time.now = 31 * dayMs;
    ledger.sawDecided(facts, 1);
    expect(ledger.violations.map(({ rule }) => rule)).toEqual(["early"]);
    ledger.violations.length = 0;
    time.now = 32 * dayMs;
    ledger.sawUndecided(facts);
    ledger.sawDecided(facts, 2);
    expect(ledger.violations).toEqual([]);
  });
});

describe("a bequest that nobody stops", () => {
  it("is late by the quiet time since its last sign, and never while its arming is under way", () => {
    const { ledger, facts } = aWatchedBequest();
    const begin = performance.now();
    for (let second = 0; second < 100; second++)
      ledger.service.answered(begin + second * 1000, begin + (second + 1) * 1000);
    ledger.judgeLate(facts);
    expect(ledger.violations).toEqual([]);
    facts.signs.push({ sentAt: begin, receiptAt: begin });
    ledger.judgeLate(facts);
    expect(ledger.violations.map(({ rule }) => rule)).toEqual(["late"]);
  });
});

describe("the time that a machine ran", () => {
  it("counts from its start until somebody knows better, so that nothing it decides meanwhile looks early", async () => {
    const upTime = new UpTime();
    upTime.begin();
    const begunAt = performance.now();
    await wait(20);
    const starting = performance.now();
    expect(upTime.between(begunAt, starting)).toBe(starting - begunAt);
    upTime.didNotRunUntil(starting - 5);
    expect(upTime.between(begunAt, starting)).toBeCloseTo(5);
    upTime.end();
    await wait(2);
    expect(upTime.between(performance.now(), performance.now() + 10)).toBe(0);
  });
});

describe("a keyholder's store that was put back", () => {
  class NoUpTime extends UpTime {
    override between(): number {
      return 0;
    }
  }

  it.each([
    { mark: "beside it", isMarkLost: false, decidedSoon: ["early"] },
    { mark: "gone with it", isMarkLost: true, decidedSoon: [] },
  ])(
    "may decide sooner only while nothing tells it, with its mark $mark; what is opened is early all the same",
    async ({ isMarkLost, decidedSoon }) => {
      const { ledger, facts } = aWatchedBequest(new NoUpTime());
      const rules = () => ledger.violations.splice(0).map(({ rule }) => rule);
      ledger.storeWasLost(isMarkLost);
      await wait(2);
      ledger.sawDecided(facts, performance.now());
      expect(rules()).toEqual(decidedSoon);
      ledger.opened(facts, "decision", performance.now());
      expect(rules()).toEqual(["early"]);
      await wait(2);
      ledger.wasGivenBack();
      await wait(2);
      ledger.sawUndecided(facts);
      ledger.sawDecided(facts, performance.now());
      expect(rules(), "and after that it knows").toEqual(["early"]);
    },
  );
});
