import { heldLadder, lastCallOf, wholeLadder } from "../arithmetic.ts";
import type { Moment, PolicyFact, SeenGap } from "../facts.ts";
import type { DecisionCase, Rule } from "../rule.ts";
import { dayMs, hourMs } from "../../world/time.ts";
import { inDays } from "../violation.ts";

/**
 * S1: no grant before interval + grace + last call attended since the last accepted sign or the end of a pause, under the policy that is
 * binding, and what outages add to it.
 */
export const s1: Rule = {
  invariant: "S1",
  onDecision: (decision) => (decision.trigger === "silence" ? bySilence(decision) : null) ?? underAnother(decision),
  onGrant: ({ facts, policy, r, now }) => {
    const since = now.served - (facts.decision?.seen.served ?? now.served);
    const delay = policy.delays.get(r) ?? Number.POSITIVE_INFINITY;
    return since >= delay ? null : `granted ${inDays(since)} after the decision, delay ${inDays(delay)}`;
  },
};

function bySilence(decision: DecisionCase): string | null {
  return tooSoon(decision) ?? tooSoonAfterOutage(decision);
}

function tooSoon({ facts, policy, now }: DecisionCase): string | null {
  const pauseEnd = facts.paused === null || facts.isUncertain ? 0 : facts.paused.from.served + facts.paused.ms;
  // Within it: S3.
  if (now.served < pauseEnd) return null;
  const since = now.served - Math.max(facts.heard.served, pauseEnd);
  if (since < wholeLadder(policy)) return `decided ${inDays(since)} after a sign, needs ${inDays(wholeLadder(policy))}`;
  // Why not while something signed is under way: it may have counted, and ended the hold.
  if (facts.restored === null || facts.isUncertain) return null;
  const held = now.served - facts.restored.served;
  const needed = heldLadder(policy);
  return held >= needed ? null : `decided ${inDays(held)} after a restore, needs ${inDays(needed)}`;
}

/** How long after a phase's own end an outage still puts it off. */
const longestPutOffMs = 14 * dayMs;

function tooSoonAfterOutage(decision: DecisionCase): string | null {
  const { facts, policy, now } = decision;
  const asked = facts.gaps.filter((gap) => counts(gap, policy, facts.heard.served) && gap.over.at > facts.heard.at);
  const early = asked.find(({ over, phase, extraMs }) => {
    const rest = (phase === "reminding" ? policy.grace : 0) + lastCallAfter(over, decision);
    return now.served < over.served + extraMs + rest;
  });
  if (early === undefined || facts.restored !== null) return null;
  return `decided ${inDays(now.served - early.over.served)} after an outage that adds ${inDays(early.extraMs)}`;
}

/** Whoever was called before a freeze is called again after it, and that call is waited for no longer than 72 hours. */
function lastCallAfter(over: Moment, { facts: { calls, heard }, policy, freezes }: DecisionCase): number {
  const first = calls.find(({ at }) => at >= heard.at)?.at ?? Number.POSITIVE_INFINITY;
  const wasCalled = freezes.some((at) => first <= at && at <= over.at);
  return wasCalled ? Math.min(lastCallOf(policy), secondCallMs) : lastCallOf(policy);
}

const secondCallMs = 72 * hourMs;

/** Why not under another policy: where a longer one led back, the phase begins anew, and a whole phase is more than an outage asks. */
function counts({ phase, over, policyId }: SeenGap, policy: PolicyFact, heard: number): boolean {
  const phaseEnd = policy.interval + (phase === "grace" ? policy.grace : 0);
  return policyId === policy.id && over.served - heard < phaseEnd + longestPutOffMs;
}

function underAnother({ facts, policy }: DecisionCase): string | null {
  const isKnown = facts.isUncertain || policy.id === facts.bound?.id || policy.id === facts.cooling?.id;
  return isKnown ? null : "decided under a policy that is not the binding one";
}
