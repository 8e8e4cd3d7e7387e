import type { StatementBody } from "@afterkeep/statements";
import type { Ordeal } from "./ordeal.ts";
import { isLooser } from "./arithmetic.ts";
import { answerRequests, dropStrangers, forgetRequests, noteShown, putOffRequests } from "./asked.ts";
import { type BequestFacts, emptyFacts, type Moment, type PolicyFact, type Promised, type WeakSign } from "./facts.ts";
import { FetchBook } from "./fetch-book.ts";
import { FreezeBook } from "./freeze-book.ts";
import { Meters } from "./meters.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules/rules.ts";
import { hourMs, startWallMs } from "../world/time.ts";
import { Violation } from "./violation.ts";

/** What a receipt says of a sign: which requests it lets go on, and which bequests did not hear it. */
type Heard = { readonly leaves: readonly string[]; readonly unheard?: readonly string[] };
type Hook = Exclude<keyof Rule, "invariant">;
type CaseOf<Name extends Hook> = Parameters<NonNullable<Rule[Name]>>[0];

/** What the owners' side knows, and the judge of everything that the keyholder shows or gives. */
export class Ledger {
  readonly meters = new Meters();
  readonly fetches = new FetchBook();
  readonly freezes = new FreezeBook(this);
  readonly outages: { readonly at: number; readonly lengthMs: number }[] = [];
  readonly #bequests = new Map<string, BequestFacts>();
  readonly #byAccount = new Map<string, readonly BequestFacts[]>();
  readonly #counters = new Map<string, readonly [number, number]>();
  /** What this world has to live through besides its misfortune. */
  ordeal: Ordeal = "none";
  /** What the keyholder shows as the time may be one that is still to come: its wall clock was ahead once, and nothing put that right for certain. */
  mayBeAhead = false;
  /** How often each hook judged something: a check that never ran proves nothing. */
  /** When each bequest was decided last. */
  readonly decisions = new Map<string, number>();
  readonly judged: Record<string, number> = {};

  get bequests(): Iterable<BequestFacts> {
    return this.#bequests.values();
  }

  /** The keyholder may have been away for six hours or more, as far as it can know. */
  outage(lengthMs: number): void {
    this.outages.push({ at: this.now().at, lengthMs });
  }

  /** It certainly was, for at least `lengthMs`: whoever was being warned then is warned once more, and waits. */
  sureOutage(lengthMs: number, passedSinceMs: number): void {
    const now = this.now();
    const over = { ...now, served: now.served - passedSinceMs };
    for (const facts of this.#bequests.values()) {
      const { state, bound, isUncertain, restored } = facts;
      if ((state !== "reminding" && state !== "grace") || bound === null || isUncertain || restored !== null) continue;
      const extraMs = Math.min(lengthMs / 2, longestGapExtraMs);
      facts.maybeGap = { phase: state, over, extraMs, policyId: bound.id };
    }
  }

  /** The keyholder shows in what state a bequest is. */
  noteState(facts: BequestFacts, state: string): void {
    if (facts.maybeGap?.phase === state) facts.gaps.push(facts.maybeGap);
    facts.maybeGap = null;
    facts.state = state;
  }

  now(): Moment {
    return this.meters.now();
  }

  open(account: string, b: string, reach: BequestFacts["reach"]): BequestFacts {
    const facts = emptyFacts(account, b, this.now(), reach);
    this.#bequests.set(`${account}/${b}`, facts);
    this.#byAccount.set(account, [...this.of(account), facts]);
    return facts;
  }

  find(account: string, b: string): BequestFacts | null {
    return this.#bequests.get(`${account}/${b}`) ?? null;
  }

  of(account: string): readonly BequestFacts[] {
    return this.#byAccount.get(account) ?? [];
  }

  judge<Name extends Hook>(hook: Name, shown: CaseOf<Name>): void {
    for (const rule of rulesWith(hook)) {
      const check = rule[hook] as (shown: CaseOf<Name>) => string | null;
      const isAbout = rule.isAbout as ((shown: CaseOf<Name>) => boolean) | undefined;
      if (isAbout?.(shown) === false) continue;
      this.count(rule.invariant);
      const wrong = check(shown);
      if (wrong !== null) throw new Violation(rule.invariant, wrong);
    }
  }

  /** Something was judged by this invariant. */
  count(invariant: string): void {
    this.judged[invariant] = (this.judged[invariant] ?? 0) + 1;
  }

  /** Asks of every bequest whether something is late. Why only of a keyholder that runs: its decision may be made and not seen. */
  judgeQuiet(): void {
    for (const facts of this.#bequests.values()) this.judgeQuietOf(facts);
  }

  judgeQuietOf(facts: BequestFacts): void {
    if (facts.damaged !== null) return;
    // Why not those of half days: between two of them there is more time than one of them adds.
    const shortest = this.ordeal === "half days" ? longestOfHalfDaysMs : 0;
    const outages = this.#countOutages(facts.heard.at, shortest);
    const freezes = this.freezes.since(facts.heard.at);
    this.judge("onQuiet", { facts, now: this.now(), outages, freezes, ordeal: this.ordeal });
  }

  /** Why from the newest on: they are in the order of time, and a silence knows few of them. */
  #countOutages(since: number, longerThanMs: number): number {
    const before = this.outages.findLastIndex(({ at }) => at < since);
    return this.outages.slice(before + 1).filter(({ lengthMs }) => lengthMs > longerThanMs).length;
  }

  /** A receipt that was not seen before. @param accepted when its statement reached the keyholder */
  receipt(receipt: StatementBody<"receipt">, accepted: Moment): void {
    this.#expectNewer(receipt);
    // Why not of an answer that came late: the wall clock may have been put right since.
    const isDated = !this.mayBeAhead && accepted.at === this.now().at;
    const promisedBy = (date: number): Promised => {
      const [left, dated] = [accepted.at + date - receipt.at, date - startWallMs];
      return isDated && dated > left ? { at: dated, by: "date" } : { at: left, by: "left" };
    };
    for (const row of receipt.rows) {
      const facts = this.find(receipt.account, row.b);
      if (facts === null || row.state === "disarmed" || row.state === "closed") continue;
      const pending = receipt.pending.loosenings.filter(({ b }) => b === row.b).map(({ policyHash }) => policyHash);
      const { silence, request } = row.earliest;
      // Why not once decided: then it says when something can be given, which S7 judges.
      if (facts.decision === null)
        for (const id of [row.policyHash, ...pending]) {
          promise(facts.promises, id, promisedBy(silence));
          if (request > 0) promise(facts.promisesByRequest, id, promisedBy(request));
        }
      this.judge("onShown", { facts, ...row, stages: new Map(), now: accepted, isFresh: false });
      this.noteBound(facts, row.policyHash);
    }
    // Why only then: since an answer that came late, others may have asked or may have been refused.
    if (accepted.at === this.now().at) this.showRequests(receipt.account, receipt.pending.requests);
  }

  /** What the keyholder says is asked of the bequests of an account, all of it. */
  showRequests(account: string, pending: readonly { request: string; b: string; r: string }[]): void {
    for (const facts of this.of(account)) {
      if (facts.damaged !== null) continue;
      const open = pending.filter(({ b }) => b === facts.b);
      this.judge("onOpenRequests", { facts, open, isDecided: facts.decision !== null });
    }
  }

  /** A signed sign that counted: a new silence, and what was decided but not fetched goes back. */
  hearSigned(account: string, accepted: Moment, { leaves, unheard = [] }: Heard): void {
    for (const facts of this.of(account)) {
      this.#judgeHeard(facts, accepted, unheard);
      if (unheard.includes(facts.b)) {
        holdMissed(facts, accepted);
        continue;
      }
      // Why: a link had put off what this sign refuses, and whoever asks anew waits for no link.
      if (facts.asked.some(({ id, mayBePutOff }) => mayBePutOff && !leaves.includes(id)))
        facts.promisesByRequest.clear();
      answerRequests(facts, { from: accepted, to: this.now() }, leaves);
      // Why compared: an answer that came late may be older than what happened since.
      if ((facts.heldAgain ?? facts.restored ?? accepted).at > accepted.at) continue;
      if (facts.heard.at <= accepted.at) facts.heard = accepted;
      facts.gaps.length = 0;
      facts.maybeGap = null;
      facts.heardSigned = accepted;
      facts.restored = null;
      facts.heldAgain = null;
      if (facts.decision !== null && facts.decision.seen.at <= accepted.at) takeBack(facts);
    }
  }

  /** E2: a sign is heard by every bequest but those whose record cannot be read, and the receipt names these. */
  #judgeHeard(facts: BequestFacts, accepted: Moment, unheard: readonly string[]): void {
    // Why not of answers that came later: the record may have been damaged or mended since.
    if (accepted.at !== this.now().at || facts.bound === null) return;
    this.count("E2");
    if (unheard.includes(facts.b) !== (facts.damaged !== null))
      throw new Violation("E2", `a sign was ${facts.damaged === null ? "not " : ""}heard by ${facts.b}`);
  }

  pause(facts: BequestFacts, ms: number, from: Moment): void {
    this.endPause(facts);
    facts.paused = ms > 0 ? { from, ms } : null;
    facts.mayBePaused = facts.paused;
    facts.longestPauseMs = Math.max(facts.longestPauseMs, ms);
  }

  /** By the owner's own key, who takes back with it what receipts said while it ran. */
  endPause(facts: BequestFacts): void {
    if (facts.mayBePaused !== null) for (const kept of [facts.promises, facts.promisesByRequest]) kept.clear();
    facts.paused = null;
    facts.mayBePaused = null;
  }

  /** S5: with a device goes what cooled, all of it, and the answer says so. What had bound by then stays. */
  deviceRevoked({ account, rows, pending }: StatementBody<"receipt">): void {
    this.count("S5");
    if (pending.loosenings.length > 0) throw new Violation("S5", "a loosening outlives the device that was taken away");
    for (const facts of this.of(account)) {
      const { cooling } = facts;
      if (cooling === null || rows.some(({ policyHash }) => policyHash === cooling.id)) continue;
      facts.dropped.add(cooling.id);
      // Why: what receipts said meanwhile was no sooner than it would have bound; the owner takes that back with it, as with a pause.
      for (const kept of [facts.promises, facts.promisesByRequest]) kept.clear();
      facts.cooling = null;
    }
  }

  /** @param used of its row: all that a sign which begins a silence leaves is nothing */
  hearWeak(facts: BequestFacts, sign: WeakSign, { used }: { readonly used: number }, accepted: Moment): void {
    const suspends = used > 0;
    this.judge("onWeakSign", { facts, sign, now: accepted, suspends });
    if (suspends) {
      // Why perhaps: the decision was made, and nobody has seen it yet.
      if (facts.decision === null) facts.maybeHeard = accepted;
      else facts.decision.suspended ??= accepted;
      return;
    }
    facts.heard = accepted;
    putOffRequests(facts);
  }

  /** An accepted policy, by the rules of loosening: it binds, or it cools. */
  arm(facts: BequestFacts, policy: Omit<PolicyFact, "loosens">): void {
    const loosens = facts.bound !== null && isLooser(facts.bound, policy);
    const known = { ...policy, loosens };
    facts.policies.set(policy.id, known);
    // Why: it was accepted by a store that was lost before its answer came; what is given back of it is known and does not bind.
    if (facts.restored !== null && policy.accepted.at < facts.restored.at) return;
    if (facts.armed === null) facts.isArmedWithKit = policy.isWithKit;
    facts.armed ??= policy.accepted;
    this.endPause(facts);
    facts.isArmedAgain = true;
    if (loosens) {
      facts.cooling = known;
      // Why: an answer may come so late that what cooled binds already.
      this.noteBound(facts, facts.shownPolicy);
      return;
    }
    facts.bound = known;
    facts.cooling = null;
    facts.disarmed = null;
  }

  /** The keyholder shows that what cooled is bound now (whether it may is S5's question). */
  noteBound(facts: BequestFacts, policyHash: string): void {
    facts.shownPolicy = policyHash;
    if (facts.cooling?.id !== policyHash) return;
    facts.bound = facts.cooling;
    facts.cooling = null;
    facts.disarmed = null;
    dropStrangers(facts);
  }

  /** The keyholder shows what is asked of a bequest. */
  noteOpen(facts: BequestFacts, open: readonly { request: string; r: string }[], isDecided: boolean): void {
    this.judge("onOpenRequests", { facts, open, isDecided });
    noteShown(facts, open, this.now());
  }

  /** A decision as the world first saw it. */
  decide(facts: BequestFacts, release: StatementBody<"release">): void {
    if (facts.decision?.id === release.decisionId) return;
    this.count("E1");
    // Why: a sign that counted, of which its owner knows nothing yet, took back what stood.
    if (facts.decision !== null && facts.isUncertain) takeBack(facts);
    if (facts.decision !== null) throw new Violation("E1", "a second decision while the first one stands");
    if (facts.over.has(release.decisionId)) throw new Violation("E4", "a decision that was taken back stands again");
    const policy = facts.policies.get(release.policyHash);
    if (policy === undefined) throw new Violation("S1", "decided under a policy that nobody signed");
    const now = this.now();
    this.decisions.set(`${facts.account}/${facts.b}`, now.served);
    this.judge("onDecision", { facts, policy, trigger: release.trigger, now, freezes: this.freezes.orders });
    facts.gaps.length = 0;
    facts.asked = [];
    facts.decision = { id: release.decisionId, policyId: policy.id, g: policy.g, seen: now, suspended: null };
  }

  /**
   * The mark beside the store was deleted with it: then a keyholder that was restored before cannot know how high its epochs were, and
   * counts from the copy's own. It holds all the same; clients say that a sign did not count until the numbers have caught up.
   */
  forgetCounters(): void {
    this.#counters.clear();
  }

  #expectNewer({ account, epoch, counter }: StatementBody<"receipt">): void {
    const [lastEpoch, lastCounter] = this.#counters.get(account) ?? [0, 0];
    const isNewer = epoch > lastEpoch || (epoch === lastEpoch && counter > lastCounter);
    if (!isNewer) throw new Violation("S8", "a receipt's epoch and counter did not grow");
    this.#counters.set(account, [epoch, counter]);
  }
}

const byHook = new Map<Hook, readonly Rule[]>();

function rulesWith(hook: Hook): readonly Rule[] {
  const known = byHook.get(hook) ?? rules.filter((rule) => rule[hook] !== undefined);
  byHook.set(hook, known);
  return known;
}

const longestOfHalfDaysMs = 14 * hourMs;
const longestGapExtraMs = 72 * hourMs;

function promise(promises: Map<string, Promised>, policyHash: string, promised: Promised): void {
  if (promised.at > (promises.get(policyHash)?.at ?? 0)) promises.set(policyHash, promised);
}

export function takeBack(facts: BequestFacts): void {
  const { decision } = facts;
  if (decision === null) return;
  for (const r of facts.policies.get(decision.policyId)?.delays.keys() ?? []) {
    const key = `${decision.id}/${r}`;
    if (!facts.fetched.has(key) && !facts.maybeFetched.has(key)) facts.takenBack.add(key);
  }
  facts.over.add(decision.id);
  facts.decision = null;
}

/** Its owner signed while the record could not be read: held from there, once it can be. */
function holdMissed(facts: BequestFacts, missed: Moment): void {
  takeBack(facts);
  forgetRequests(facts);
  if (facts.restored !== null && facts.restored.at > missed.at) return;
  // Why it cools anew: the answer could not list it.
  if (facts.cooling !== null) facts.cooling = { ...facts.cooling, accepted: missed };
  facts.restored = missed;
  facts.heldAgain = null;
}
