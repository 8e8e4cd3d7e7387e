import { heldLadder, wholeLadder } from "../arithmetic.ts";
import type { DecisionCase, Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/** S1: no grant before interval + grace + last call attended since the last accepted sign, under the policy that is binding. */
export const s1: Rule = {
  invariant: "S1",
  onDecision: (decision) => tooSoon(decision) ?? underAnother(decision),
  onGrant: ({ facts, policy, r, now }) => {
    const since = now.served - (facts.decision?.seen.served ?? now.served);
    const delay = policy.delays.get(r) ?? Number.POSITIVE_INFINITY;
    return since >= delay ? null : `granted ${inDays(since)} after the decision, delay ${inDays(delay)}`;
  },
};

function tooSoon({ facts, policy, now }: DecisionCase): string | null {
  const since = now.served - facts.heard.served;
  if (since < wholeLadder(policy)) return `decided ${inDays(since)} after a sign, needs ${inDays(wholeLadder(policy))}`;
  if (facts.restored === null) return null;
  const held = now.served - facts.restored.served;
  const needed = heldLadder(policy);
  return held >= needed ? null : `decided ${inDays(held)} after a restore, needs ${inDays(needed)}`;
}

function underAnother({ facts, policy }: DecisionCase): string | null {
  const isKnown = facts.isUncertain || policy.id === facts.bound?.id || policy.id === facts.cooling?.id;
  return isKnown ? null : "decided under a policy that is not the binding one";
}
