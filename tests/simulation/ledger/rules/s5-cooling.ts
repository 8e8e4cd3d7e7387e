import { coolingMs, firstArmingOf } from "../arithmetic.ts";
import type { BequestFacts, Moment, PolicyFact } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/** S5: nothing that loosens binds, and nothing is decided under it, before it has cooled, or after a device was taken away meanwhile; nor soon after the first arming: a week, or a day where the kit signed it too. */
export const s5: Rule = {
  invariant: "S5",
  onShown: ({ facts, policyHash, now }) => {
    const policy = facts.policies.get(policyHash);
    return policy === undefined ? null : (dropped(facts, policy) ?? tooWarm(policy, now));
  },
  onDecision: ({ facts, policy, now }) => dropped(facts, policy) ?? tooWarm(policy, now) ?? justArmed(facts, now),
};

function dropped(facts: BequestFacts, { id }: PolicyFact): string | null {
  return facts.dropped.has(id) ? "a loosening binds that went with the device that was taken away" : null;
}

function tooWarm(policy: PolicyFact, now: Moment): string | null {
  const cooled = now.served - policy.accepted.served;
  return !policy.loosens || cooled >= coolingMs ? null : `a loosening binds after ${inDays(cooled)}`;
}

function justArmed(facts: BequestFacts, now: Moment): string | null {
  const since = now.served - (facts.armed?.served ?? now.served);
  return since >= firstArmingOf(facts) ? null : `decided ${inDays(since)} after the first arming`;
}
