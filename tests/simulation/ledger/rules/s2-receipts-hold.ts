import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/** S2: every receipt's `earliest` holds under its policyHash, across restores. */
export const s2: Rule = {
  invariant: "S2",
  onDecision: ({ facts, policy, trigger, now }) => {
    const promises = trigger === "request" ? facts.promisesByRequest : facts.promises;
    const promised = promises.get(policy.id) ?? 0;
    return now.at >= promised ? null : `decided ${inDays(promised - now.at)} before a receipt's earliest`;
  },
};
