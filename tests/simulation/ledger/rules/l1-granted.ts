import { tickMs } from "../../world/time.ts";
import type { Rule } from "../rule.ts";

/** L1: once decided, each recipient's share is granted after that recipient's delay. */
export const l1Granted: Rule = {
  invariant: "L1",
  onShown: ({ facts, stages, now }) => {
    const { decision } = facts;
    if (decision === null || facts.isUncertain || facts.restored !== null) return null;
    const delays = facts.policies.get(decision.policyId)?.delays ?? new Map<string, number>();
    const late = [...delays].filter(([r, delay]) => {
      const isDue = now.sure > Math.max(decision.seen.sure + delay, facts.mended?.sure ?? 0) + 2 * tickMs;
      return isDue && ["waiting", "withdrawn"].includes(stages.get(r) ?? "");
    });
    return late.length === 0 ? null : `${late.length} shares are not granted although they are due`;
  },
};
