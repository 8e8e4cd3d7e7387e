import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/**
 * S2: every receipt's `earliest` holds under its policyHash, across restores: as the time that it left, and as the date that it named, where
 * no wall clock that was ahead can have made that date.
 */
export const s2: Rule = {
  invariant: "S2",
  onDecision: ({ facts, policy, trigger, now }) => {
    const promises = trigger === "request" ? facts.promisesByRequest : facts.promises;
    const promised = promises.get(policy.id);
    if (promised === undefined || now.at >= promised.at) return null;
    const what = promised.by === "date" ? "the date that a receipt named" : "what a receipt said to be left was over";
    return `decided ${inDays(promised.at - now.at)} before ${what}`;
  },
};
