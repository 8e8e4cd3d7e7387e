import type { AskedFact, BequestFacts, Moment, Refusal } from "./facts.ts";

/** An ask that got no answer is noted within the life of its proof or never. */
const longestOnTheWayMs = 10 * 60_000;

/** What a recipient's device sent. `isNoted`: the keyholder signed that it has it. */
export function noteAsked(facts: BequestFacts, { id, r }: Pick<AskedFact, "id" | "r">, now: Moment, isNoted: boolean) {
  const settledAt = now.at + (isNoted ? 0 : longestOnTheWayMs);
  facts.asked.push({
    id,
    r,
    asked: now,
    settledAt,
    isNoted,
    isInDoubt: false,
    called: null,
    isPutOff: false,
    mayBePutOff: false,
  });
}

/** A signed sign refuses what was open, but for what it leaves; what was asked since is another matter. */
export function answerRequests(facts: BequestFacts, refusal: Refusal, leaves: readonly string[]): void {
  const isAtOnce = refusal.from.at === refusal.to.at;
  facts.asked = facts.asked.filter((one) => {
    if (leaves.includes(one.id) || one.asked.at > refusal.from.at) return true;
    // Why in doubt: it may have been on its way, or of the very minute of a sign whose answer came later.
    const isSettled = one.settledAt < refusal.from.at || (one.isNoted && isAtOnce);
    if (isSettled && one.isNoted) facts.refusals.set(one.r, refusal);
    one.isInDoubt = true;
    return !isSettled;
  });
}

export function putOffRequests({ asked }: BequestFacts): void {
  for (const one of asked) {
    one.isPutOff ||= one.isNoted;
    one.mayBePutOff = true;
  }
}

/** A mail server took the keyholder's call about what is asked. */
export function noteRequestCall({ asked }: BequestFacts, now: Moment): void {
  for (const one of asked) one.called ??= now;
}

/** The policy that binds now lets only these ask. */
export function dropStrangers(facts: BequestFacts): void {
  facts.asked = facts.asked.filter(({ r }) => facts.bound?.requests.has(r) === true);
}

/** A restore, or a hold: nobody has asked. */
export function forgetRequests(facts: BequestFacts): void {
  facts.asked = [];
  facts.refusals.clear();
}

/** What a restored keyholder is given back may end what was asked since. */
export function doubtRequests(facts: BequestFacts): void {
  for (const one of facts.asked) one.isInDoubt = true;
  facts.refusals.clear();
}

/** Settles what nobody knew: what is shown was noted, and what is not shown in time was not. */
export function noteShown(facts: BequestFacts, open: readonly { readonly request: string }[], now: Moment): void {
  facts.asked = facts.asked.filter((one) => {
    one.isNoted ||= open.some(({ request }) => request === one.id);
    return one.isNoted || now.at <= one.settledAt;
  });
}
