import { holdOf } from "../arithmetic.ts";
import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/** S7: a mail link carries at most `weakMax` beyond the last signed sign, only where the policy takes it, and takes nothing back. */
export const s7: Rule = {
  invariant: "S7",
  onWeakSign: ({ facts, now }) => {
    const { bound } = facts;
    if (bound === null || facts.isUncertain || facts.cooling !== null) return null;
    if (!bound.takesLinks) return "a mail link counted although the policy takes none";
    if (facts.restored !== null && now.served - facts.restored.served < holdOf(bound))
      return "a mail link lifted a hold";
    const since = now.sure - facts.heardSigned.sure;
    return since <= bound.weakMax
      ? null
      : `a mail link counted ${inDays(since)} after a signed sign, at most ${inDays(bound.weakMax)}`;
  },
};
