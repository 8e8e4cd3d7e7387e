import { setTimeout as wait } from "node:timers/promises";
import { type FaultName, faults, restores, type Scene } from "./faults/faults.ts";
import type { BequestFacts } from "./oracle/bequest-facts.ts";
import { dayMs, type Terms } from "./oracle/terms.ts";
import { Heir } from "./people/heir.ts";
import type { Household } from "./people/household.ts";
import type { Cycle, Fate } from "./plan.ts";
import { type Era, factor } from "./scene.ts";

/** About four seconds from the last sign to the release. */
const quickTerms: Terms = { interval: 20 * dayMs, grace: 10 * dayMs, lastCall: 2 * dayMs };
/** Where a fault lets the wall clock leap: so long that what was counted by it would be seen, mails and all. */
const slowTerms: Terms = { ...quickTerms, interval: 100 * dayMs };
const leaps: readonly FaultName[] = ["off for a year", "clock in 2040 and back"];
/** Even on a machine that is busy with other things. */
const longestWaitMs = 900_000;
/**
 * After which the mail of a release may be missing: it was refused for good, is of a database that is gone, or waits for a time that a wrong clock
 * set, which is minutes in a demo and half an hour at most in earnest.
 */
const untold: readonly FaultName[] = ["mail refused for good", "database of last week", "clock in 2040 and back"];

/** Somebody arms a bequest, the machine fails, and what must come of it comes of it. */
export async function liveCycle(era: Era, cycle: Cycle): Promise<void> {
  const { ledger, others, random, say, machine } = era;
  ledger.cycle = cycle.number;
  const begunAt = performance.now();
  const heldBefore = ledger.violations.length;
  const house = others[cycle.number % others.length] ?? era.vera;
  const terms = cycle.faults.some((fault) => leaps.includes(fault)) ? slowTerms : quickTerms;
  const facts = await house.arm(terms, [terms.interval / 2]);
  await decideBefore(house, facts, cycle.fate);
  await wait(random.between(0, 1500));
  for (const fault of cycle.faults) await befall(era, fault);
  const heir = new Heir(house, machine.mail, ledger);
  const isTold = !cycle.faults.some((fault) => untold.includes(fault));
  await seeThrough(era, { house, facts, heir, fate: cycle.fate, isTold });
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
  say(`${cycle.number}: ${cycle.faults.join(", ")}; the owner ${cycle.fate}: ${seconds} s`);
  for (const violation of ledger.violations.slice(heldBefore)) say(`NOT HELD: ${JSON.stringify(violation)}`);
}

async function decideBefore(house: Household, facts: BequestFacts, fate: Fate): Promise<void> {
  if (fate === "disarms") await house.disarm(facts);
  if (fate === "pauses") await house.pause(facts, 30);
}

async function befall(era: Era, fault: FaultName): Promise<void> {
  const { machine, ledger, random, folder } = era;
  ledger.disturbed();
  const scene = { machine, ledger, random, folder, answers: () => untilAnswers(era) };
  await faults[fault]({ ...scene, ...(await between(era, fault)) });
  ledger.disturbed();
  ledger.count(fault);
}

/** What Vera does between a backup and the day it is put back, and at once after that. */
async function between({ vera }: Era, fault: FaultName): Promise<Pick<Scene, "aWeekGoesBy" | "afterwards">> {
  if (!restores.includes(fault)) return { aWeekGoesBy: async () => {}, afterwards: async () => {} };
  const regretted = await vera.arm(quickTerms, [10 * dayMs]);
  const aWeekGoesBy = async () => {
    await vera.disarm(regretted);
    await wait((7 * dayMs) / factor);
  };
  return { aWeekGoesBy, afterwards: () => vera.checkIn() };
}

type Life = { house: Household; facts: BequestFacts; heir: Heir; fate: Fate; isTold: boolean };

async function seeThrough(era: Era, { house, facts, heir, fate, isTold }: Life): Promise<void> {
  if (fate !== "disarms" && (await isDecided(era, facts)) && fate === "comes back") {
    await house.checkIn();
    await heir.open(facts);
    await isDecided(era, facts);
  }
  healMail(era);
  if (facts.decidedSince !== null) {
    await heir.enter(facts, isTold);
    await heir.openAtLast(facts);
  }
  facts.isClosed = true;
}

/** Waits for the decision; the ledger's watch gives up for us when it is late. */
async function isDecided({ ledger }: Era, facts: BequestFacts): Promise<boolean> {
  const begunAt = performance.now();
  while (facts.decidedSince === null && !facts.isClosed) {
    if (performance.now() - begunAt > longestWaitMs) {
      ledger.violate("late", `${facts.b} was not decided in ${longestWaitMs} ms, and the service is not there`);
      return false;
    }
    await wait(50);
  }
  return facts.decidedSince !== null;
}

function healMail({ machine, ledger }: Era): void {
  if (!ledger.isMailDead) return;
  machine.mail.manner = "take";
  ledger.isMailDead = false;
  ledger.disturbed();
}

async function untilAnswers({ machine }: Era): Promise<void> {
  for (const begunAt = performance.now(); performance.now() - begunAt < longestWaitMs;) {
    const answer = await fetch(`${machine.product.url}/v1/server`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    if (answer?.ok === true) return;
    await wait(100);
  }
}
