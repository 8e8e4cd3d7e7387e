import { askAgainMs, holdOf, requestWaitOf } from "../arithmetic.ts";
import { type BequestFacts, mayBeOpen, type Moment } from "../facts.ts";
import type { AskedCase, Rule, TurnedAwayCase } from "../rule.ts";
import { tickMs } from "../../world/time.ts";

/** Q1: whoever the binding policy lets ask is heard while the switch runs, and nobody else ever is. */
export const q1: Rule = {
  invariant: "Q1",
  onAsked: (asked) => withoutTheRight(asked) ?? whileStopped(asked),
  onTurnedAway: turnedAway,
};

function withoutTheRight({ facts, r, policyHash, wait }: AskedCase): string | null {
  const policy = facts.policies.get(policyHash);
  // Why: the answer to a policy is still on its way, and it may bind already.
  if (policy === undefined && facts.isUncertain) return null;
  if (policy === undefined || !policy.requests.has(r)) return "noted from somebody who may not ask";
  return wait === requestWaitOf(policy, r) ? null : "noted with another wait than the owner chose";
}

function whileStopped({ facts, policyHash, now }: AskedCase): string | null {
  const { isUncertain, bound, cooling, disarmed, decision } = facts;
  if (isUncertain) return null;
  if (policyHash !== bound?.id && policyHash !== cooling?.id) return "noted under a policy that does not bind";
  if (disarmed !== null) return "noted while disarmed";
  if (decision !== null) return "noted although it is decided";
  if (isPaused(facts, now)) return "noted while paused";
  return isHeld(facts, now) ? "noted while held" : null;
}

function isPaused({ paused }: BequestFacts, now: Moment): boolean {
  return paused !== null && now.served < paused.from.served + paused.ms;
}

function isHeld({ restored, bound }: BequestFacts, now: Moment): boolean {
  return restored !== null && bound !== null && now.served - restored.served < holdOf(bound);
}

const allowanceMs = 4 * tickMs;

function turnedAway({ facts, r, code, now }: TurnedAwayCase): string | null {
  if (facts.isUncertain) return null;
  if (code === "asked-already")
    return facts.asked.some((one) => one.r === r) ? null : "turned away for a request that is not there";
  if (code === "asked-too-soon") {
    const refusal = facts.refusals.get(r);
    const isLong = refusal === undefined || now.sure - refusal.to.sure > askAgainMs + allowanceMs;
    return isLong && !isUnsure(facts) ? "turned away although nobody refused within the day" : null;
  }
  return code === "may-not-ask" && surelyMayAsk(facts, r) ? "turned away although the owner lets them ask" : null;
}

const runs: ReadonlySet<string> = new Set(["armed", "reminding", "grace", "requested", "lastCall"]);

function surelyMayAsk(facts: BequestFacts, r: string): boolean {
  const { bound, cooling, decision, disarmed, mayBePaused, state } = facts;
  const isStopped = decision !== null || disarmed !== null || mayBePaused !== null || isUnsure(facts);
  return !isStopped && cooling === null && bound?.requests.has(r) === true && runs.has(state) && !mayBeOpen(facts);
}

function isUnsure({ restored, isGivenBack }: BequestFacts): boolean {
  return restored !== null || !isGivenBack;
}
