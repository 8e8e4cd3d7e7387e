import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/**
 * S2: every receipt's `earliest` holds under its policyHash, across restores.
 *
 * Two known gaps, whose promises are judged until the next restore only (ledger/snapshot.ts). A receipt given while a longer policy
 * cools counts on that policy; a restore drops what cools, and the shorter one that stays bound may release before the receipt's date.
 * And a receipt given while the keyholder's date is too late promises by that date; the copy that is put back may not know it.
 */
export const s2: Rule = {
  invariant: "S2",
  onDecision: ({ facts, policy, decidedAtWall }) => {
    const promised = Math.max(facts.promises.get(policy.id) ?? 0, facts.fragilePromises.get(policy.id) ?? 0);
    return decidedAtWall >= promised ? null : `decided ${inDays(promised - decidedAtWall)} before a receipt's earliest`;
  },
};
