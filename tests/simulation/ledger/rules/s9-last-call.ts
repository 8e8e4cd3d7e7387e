import { lastCallOf } from "../arithmetic.ts";
import { goneAt } from "../out-of-reach.ts";
import type { DecisionCase, Rule } from "../rule.ts";
import { neededFor } from "./s3-by-request.ts";

/**
 * S9: nothing is decided unless a last call was taken by a mail server in this silence, or the owner was out of reach for everything that
 * takes; and the last call's wait is over since. For a decision by request: the call about that very request.
 */
export const s9: Rule = {
  invariant: "S9",
  onDecision: (decision) => (decision.trigger === "silence" ? uncalled(decision) : uncalledAboutIt(decision)),
};

function uncalled({ facts, policy, now }: DecisionCase): string | null {
  const calls = facts.calls.filter(({ at }) => at >= facts.heard.at);
  const isWaited = calls.some(({ served }) => now.served - served >= lastCallOf(policy));
  if (isWaited || now.served - goneAt(facts) >= lastCallOf(policy)) return null;
  return `decided with ${calls.length} last calls, none of them ${lastCallOf(policy)} ms ago, and the owner was not out of reach`;
}

function uncalledAboutIt({ facts, policy, now }: DecisionCase): string | null {
  const gone = goneAt(facts);
  const isWaited = facts.asked.some((one) => {
    const told = Math.min(one.called?.served ?? Number.POSITIVE_INFINITY, gone);
    return now.served - Math.max(told, one.asked.served) >= neededFor(policy, one);
  });
  return isWaited ? null : "decided by a request that the owner was not called about for as long as they wanted";
}
