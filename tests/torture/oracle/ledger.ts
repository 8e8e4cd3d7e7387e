import type { Machine } from "../machine/machine.ts";
import type { BequestFacts } from "./bequest-facts.ts";
import { Service } from "./service.ts";
import { dayMs, holdOf, ladderOf, outageMs, unreachableMs } from "./terms.ts";

export type Violation = { readonly rule: string; readonly what: string; readonly cycle: number };

/** Real time that is granted for everything that must happen, on a machine that has other things to do, ms. */
const patienceMs = 30_000;
const slowness = 3;
/** How long a demo's keyholder runs before it takes a clock that is behind for right: a hundred of its ticks, real ms. */
const doubtMs = 10_000;

/**
 * Judges what comes out of the product by what its people did, saw and hold: it reads nothing of the product's own, and shares no code with
 * the switch. Early is measured by the longest time that the product can have run, late by the time in which it was seen to answer.
 */
export class Ledger {
  readonly bequests = new Map<string, BequestFacts>();
  readonly violations: Violation[] = [];
  readonly counts: Record<string, number> = {};
  readonly service = new Service();
  cycle = 0;
  readonly #machine: Pick<Machine, "upTime" | "factor" | "trueNow">;
  /** When the keyholder's store was put back: what was receipted before may be unknown to it. */
  #lostAt: number[] = [];
  /** When a wrong clock was put right: the keyholder may freeze, and then hold, what it promised by that clock. */
  #doubtedAt: number[] = [];
  /** Until the first wrong clock: what the keyholder took from one it shows until it has held everything. */
  #wasClockAlwaysRight = true;
  #disturbedAt = 0;
  /** When the database was put back: what it had told may be told again. */
  readonly restoredDatabaseAt: number[] = [];
  isMailDead = false;
  /** When all that a restored keyholder lost had been given back to it; null while that is not so. */
  #wholeSince: number | null = 0;
  /** Times in which a keyholder could not know that it had been put back. */
  readonly #unawares: { readonly from: number; until: number }[] = [];
  readonly #disarmedSeen = new Set<string>();

  constructor(machine: Pick<Machine, "upTime" | "factor" | "trueNow">) {
    this.#machine = machine;
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  violate(rule: string, what: string): void {
    this.violations.push({ rule, what, cycle: this.cycle });
  }

  /** A fault has just begun or ended. */
  disturbed(): void {
    this.#disturbedAt = performance.now();
  }

  /** @param isMarkLost the mark beside the store was put back with it: nothing tells the keyholder until it is shown a receipt that it has not got (THREAT-MODEL) */
  storeWasLost(isMarkLost = false): void {
    this.#lostAt.push(performance.now());
    this.#wholeSince = null;
    if (isMarkLost) this.#unawares.push({ from: performance.now(), until: Number.POSITIVE_INFINITY });
    this.disturbed();
  }

  /** Everybody who signed something that may have been lost has asked the keyholder for something since. */
  wasGivenBack(): void {
    this.#wholeSince ??= performance.now();
    for (const unaware of this.#unawares) unaware.until = Math.min(unaware.until, performance.now());
  }

  /** Whether the older store may still have gone on by what it knew. */
  #wasUnaware(at: number): boolean {
    return this.#unawares.some(({ from, until }) => from < at && at < until);
  }

  /** Before a clock is set wrong. */
  clockGoesWrong(): void {
    this.#wasClockAlwaysRight = false;
    this.disturbed();
  }

  clockWasWrong(): void {
    this.#doubtedAt.push(performance.now());
    this.disturbed();
  }

  databaseWasRestored(): void {
    this.restoredDatabaseAt.push(performance.now());
    this.disturbed();
  }

  /** A receipt says that nothing happens before a time, and how much is left. */
  promised(facts: BequestFacts, earliestMs: number, leftMs: number): void {
    this.count(this.#wasClockAlwaysRight ? "dates judged as they are" : "dates of a clock that was wrong");
    // Why else the sooner: a receipt of a clock that is ahead names a time that will not come.
    const soonest = this.#wasClockAlwaysRight ? Number.POSITIVE_INFINITY : this.#machine.trueNow() + leftMs;
    facts.notBefore = Math.min(earliestMs, soonest);
  }

  /** The owner's list shows that something runs. @param at when the list was asked for */
  sawState({ b, disarmedAt }: BequestFacts, state: string, at: number): void {
    if (state === "disarmed" || disarmedAt === null || disarmedAt > at) return;
    if (this.#wholeSince === null || this.#wholeSince > at || this.#disarmedSeen.has(b)) return;
    this.#disarmedSeen.add(b);
    this.violate("lost", `${b} was disarmed and is ${state} again`);
  }

  /** The owner's list shows a decision. @param at when the list was asked for */
  sawDecided(facts: BequestFacts, at: number): void {
    if (facts.decidedSince !== null) return;
    facts.decidedSince = at;
    this.count("decisions");
    this.#judgeDecided(facts, at);
  }

  sawUndecided(facts: BequestFacts): void {
    facts.decidedSince = null;
  }

  /** A recipient's list names a decision. */
  sawDecision(facts: BequestFacts, decisionId: string, at: number): void {
    if (facts.decisions.has(decisionId)) return;
    const before = [...facts.decisions.values()].at(-1);
    facts.decisions.set(decisionId, at);
    this.#judgeDecided(facts, at);
    if (before !== undefined && !this.#isNewSilence(facts, before, at))
      this.violate("double", `${facts.b} was decided twice in one silence`);
  }

  /** @param begunAt when the recipient began to ask */
  opened(facts: BequestFacts, decisionId: string, begunAt: number): void {
    this.#judgeEarly(facts, begunAt, "opened");
    const back = facts.signs.find(({ sentAt, receiptAt }) => {
      const decidedAt = facts.decisions.get(decisionId) ?? Number.POSITIVE_INFINITY;
      return receiptAt !== null && sentAt > decidedAt && receiptAt < begunAt;
    });
    if (back !== undefined && !facts.fetched.has(decisionId) && !this.#lostSince(back.sentAt))
      this.violate("early", `${facts.b} was opened although its owner had come back`);
    if (facts.disarmedAt !== null && facts.disarmedAt < begunAt)
      this.violate("early", `${facts.b} was opened although it was disarmed`);
    facts.fetched.add(decisionId);
    this.count("opened");
  }

  /** Whether a bequest that nobody stops should have been decided by now. */
  judgeLate(facts: BequestFacts): void {
    if (facts.disarmedAt !== null || facts.isClosed || facts.decidedSince !== null) return;
    // Why: while its arming is still under way nothing of it runs, and the quiet time before it is none of its own.
    if (facts.lastSureSign(performance.now()) === null) return;
    const since = Math.max(facts.lastMaybeSign(), this.#disturbedAt);
    const boundMs = patienceMs + (slowness * this.#neededMs(facts)) / this.#machine.factor;
    const quietMs = this.service.since(since);
    if (quietMs <= boundMs) return;
    this.violate(
      "late",
      `${facts.b} was not decided in ${Math.round(quietMs)} ms of quiet service, bound ${Math.round(boundMs)}`,
    );
    facts.isClosed = true;
  }

  /** The most that is left after the last disturbance. */
  #neededMs(facts: BequestFacts): number {
    const sign = facts.lastSureSign(performance.now()) ?? 0;
    const mayBeDoubted = this.#doubtedAt.some((at) => at > sign - doubtMs);
    const hold = mayBeDoubted || this.#lostSince(sign) ? holdOf(facts.terms) : 0;
    const pause = facts.paused?.forMs ?? 0;
    const doubt = mayBeDoubted ? doubtMs * this.#machine.factor : 0;
    return ladderOf(facts.terms) + hold + doubt + pause + outageMs + (this.isMailDead ? unreachableMs + dayMs : 0);
  }

  /** Why not what a keyholder decides that cannot know yet that it was put back: it takes that back before anything is given. What is opened is judged all the same. */
  #judgeDecided(facts: BequestFacts, at: number): void {
    if (this.#wasUnaware(at)) this.count("decided before a restore was noticed");
    else this.#judgeEarly(facts, at, "decided");
  }

  /** @param at when it was asked: signs that were receipted before count, and time until the answer */
  #judgeEarly(facts: BequestFacts, at: number, what: string): void {
    const sign = facts.lastSureSign(at) ?? 0;
    const lost = this.#lostAt.filter((moment) => moment > sign && moment < at).at(-1);
    const since = lost ?? sign;
    const pausedMs = facts.paused === null || lost !== undefined ? 0 : facts.paused.forMs;
    const needed = ladderOf(facts.terms) + (lost === undefined ? pausedMs : holdOf(facts.terms));
    const attended = this.#machine.upTime.between(since, performance.now()) * this.#machine.factor;
    if (attended < needed)
      this.violate("early", `${facts.b} was ${what} after at most ${inDays(attended)}, needs ${inDays(needed)}`);
    const missing = facts.notBefore - this.#machine.trueNow();
    if (missing > 0) this.violate("early", `${facts.b} was ${what} ${inDays(missing)} before its receipt's earliest`);
  }

  /** Whether something between two decisions lets a second one be. */
  #isNewSilence(facts: BequestFacts, from: number, to: number): boolean {
    const isSigned = facts.signs.some(({ sentAt, receiptAt }) => (receiptAt ?? sentAt) > from && sentAt < to);
    return isSigned || [...this.#lostAt, ...this.#doubtedAt].some((at) => at > from && at < to);
  }

  #lostSince(moment: number): boolean {
    return this.#lostAt.some((at) => at > moment);
  }
}

function inDays(ms: number): string {
  return `${(ms / dayMs).toFixed(1)} days`;
}
