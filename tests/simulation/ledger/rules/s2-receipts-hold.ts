import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/**
 * S2: every receipt's `earliest` holds under its policyHash, across restores.
 *
 * Known gap: a receipt given while a longer policy cools counts on that policy; a restore drops what cools, and the shorter one that
 * stays bound may release before the receipt's date. Those promises are judged until the next restore only (ledger/snapshot.ts).
 */
export const s2: Rule = {
  invariant: "S2",
  onDecision: ({ facts, policy, decidedAtWall }) => {
    const promised = Math.max(facts.promises.get(policy.id) ?? 0, facts.coolingPromises.get(policy.id) ?? 0);
    return decidedAtWall >= promised ? null : `decided ${inDays(promised - decidedAtWall)} before a receipt's earliest`;
  },
};
