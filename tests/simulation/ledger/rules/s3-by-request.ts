import { putOffMs, requestWaitOf } from "../arithmetic.ts";
import type { AskedFact, PolicyFact } from "../facts.ts";
import type { DecisionCase, Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/**
 * S3: by request only on what somebody asked whom the deciding policy lets ask, what no sign refused, and after its own wait, which a mail link
 * puts off once.
 */
export const s3ByRequest: Rule = {
  invariant: "S3",
  onDecision: (decision) => (decision.trigger === "request" ? notAsked(decision) : null),
};

function notAsked({ facts, policy, now }: DecisionCase): string | null {
  const asked = facts.asked.filter(({ r }) => policy.requests.has(r));
  if (asked.length === 0) return "decided by a request that nobody made, or that was refused";
  const isWaited = asked.some((one) => now.served - one.asked.served >= neededFor(policy, one));
  if (isWaited) return null;
  const longest = Math.max(...asked.map(({ asked: { served } }) => now.served - served));
  return `decided ${inDays(longest)} after a request, before its wait was over`;
}

/** What an owner has to refuse in. */
export function neededFor(policy: PolicyFact, { r, isPutOff }: AskedFact): number {
  return requestWaitOf(policy, r) + (isPutOff ? putOffMs : 0);
}
