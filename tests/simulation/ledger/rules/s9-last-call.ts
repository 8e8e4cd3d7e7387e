import { lastCallOf } from "../arithmetic.ts";
import { dayMs } from "../../world/time.ts";
import type { Moment } from "../facts.ts";
import type { DecisionCase, Rule } from "../rule.ts";

/**
 * S9: nothing is decided unless a last call was taken by a mail server in this silence, or the owner was out of reach for everything that
 * takes; and the last call's wait is over since.
 */
export const s9: Rule = {
  invariant: "S9",
  onDecision: ({ facts, policy, now }) => {
    const calls = facts.calls.filter(({ at }) => at >= facts.heard.at);
    const isWaited = calls.some(({ served }) => now.served - served >= lastCallOf(policy));
    if (isWaited || now.served - goneAt(facts) >= lastCallOf(policy)) return null;
    return `decided with ${calls.length} last calls, none of them ${lastCallOf(policy)} ms ago, and the owner was not out of reach`;
  },
};

const unreachableExtraMs = 60 * dayMs;

/**
 * Tries on five days, fourteen days since the first, and the extra interval: in time that may have been credited. Infinite before. Why whatever
 * was taken in between: a keyholder that died before it wrote that down counts on.
 */
function goneAt({ vain, heard }: DecisionCase["facts"]): number {
  const days: Moment[] = [];
  for (const one of vain) {
    const last = days.at(-1);
    if (one.at >= heard.at && (last === undefined || one.served - last.served >= dayMs)) days.push(one);
  }
  const [first, fifth] = [days[0], days[4]];
  if (first === undefined || fifth === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(fifth.served, first.served + 14 * dayMs) + unreachableExtraMs;
}
