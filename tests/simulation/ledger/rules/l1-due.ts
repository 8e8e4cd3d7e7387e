import { coolingMs, firstArmingMs, heldLadder, lastCallOf, wholeLadder } from "../arithmetic.ts";
import { type BequestFacts, mayBeOpen, type PolicyFact } from "../facts.ts";
import { dayMs, tickMs } from "../../world/time.ts";
import type { Rule, QuietCase } from "../rule.ts";
import { inDays } from "../violation.ts";

/** A tick each to notice the last call, the decision and what cooled; and the last call's own retry. */
const allowanceMs = 4 * tickMs;

/**
 * L1, L4, L11: a silent owner's bequest is decided, in time in which all was well, no later than interval + grace + last call after
 * the last sign, and what outages add; however long ago it was armed.
 */
export const l1: Rule = { invariant: "L1", onQuiet: (quiet) => (quiet.facts.restored === null ? late(quiet) : null) };

/** L7: after a restore, the same with the hold before it. */
export const l7: Rule = { invariant: "L7", onQuiet: (quiet) => (quiet.facts.restored === null ? null : late(quiet)) };

/** The most that one outage adds, and the day in which the message that it asks for is due at the latest. */
const outageMs = 4 * dayMs;

function late({ facts, now, outages }: QuietCase): string | null {
  const policy = facts.cooling ?? facts.bound;
  if (policy === null || facts.isUncertain || facts.disarmed !== null || facts.decision !== null || mayBeOpen(facts)) {
    return null;
  }
  const overdue = now.sure - dueAt(facts, policy) - outages * outageMs - allowanceMs;
  return overdue <= 0 ? null : `${facts.b} not decided ${inDays(overdue)} after it was due`;
}

function dueAt(facts: BequestFacts, policy: PolicyFact): number {
  const heard = Math.max(facts.heard.sure, facts.maybeHeard?.sure ?? 0);
  const silence = heard + wholeLadder(policy);
  const hold = facts.restored === null ? 0 : facts.restored.sure + heldLadder(policy);
  // Why grace too: while something disarmed cools, nobody is reminded, so the reminders begin when it binds.
  const cooled = policy.loosens ? policy.accepted.sure + coolingMs + policy.grace + lastCallOf(policy) : 0;
  return Math.max(silence, hold, cooled, (facts.armed?.sure ?? 0) + firstArmingMs);
}
