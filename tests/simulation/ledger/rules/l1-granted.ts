import { tickMs } from "../../world/time.ts";
import { isOldArming } from "../facts.ts";
import type { Rule } from "../rule.ts";

/** Once decided, each recipient's share is granted after that recipient's delay: L1, and L11 of an arming so old that whatever expires has. */
const granted = (invariant: "L1" | "L11"): Rule => ({
  invariant,
  isAbout: ({ facts, now }) => isOldArming(facts, now) === (invariant === "L11"),
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
});

export const [l1Granted, l11Granted] = [granted("L1"), granted("L11")];
