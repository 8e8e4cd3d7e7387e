import { tickMs } from "../../world/time.ts";
import { putOffMs } from "../arithmetic.ts";
import { type BequestFacts, isOldArming } from "../facts.ts";
import type { Rule } from "../rule.ts";

/**
 * Once decided, each recipient's share is granted after that recipient's delay, and the three days that a weak sign keeps it back, once: L1, and L11 of an
 * arming so old that whatever expires has.
 */
const granted = (invariant: "L1" | "L11"): Rule => ({
  invariant,
  isAbout: ({ facts, now }) => isOldArming(facts, now) === (invariant === "L11"),
  onShown: ({ facts, stages, now }) => {
    const { decision } = facts;
    if (decision === null || facts.isUncertain || facts.restored !== null) return null;
    const delays = facts.policies.get(decision.policyId)?.delays ?? new Map<string, number>();
    const late = [...delays].filter(([r, delay]) => {
      const due = Math.max(decision.seen.sure + delay, suspendedUntil(facts), facts.mended?.sure ?? 0);
      const isDue = now.sure > due + 2 * tickMs;
      return isDue && ["waiting", "withdrawn"].includes(stages.get(r) ?? "");
    });
    return late.length === 0 ? null : `${late.length} shares are not granted although they are due`;
  },
});

export const [l1Granted, l11Granted] = [granted("L1"), granted("L11")];

/** Of a sign whose answer was lost too, where no other one is known to have counted: that would have been the second. */
function suspendedUntil({ decision, maybeHeard }: BequestFacts): number {
  const isMaybe = decision !== null && maybeHeard !== null && maybeHeard.at >= decision.seen.at;
  const suspended = decision?.suspended ?? (isMaybe ? maybeHeard : null);
  return suspended === null ? 0 : suspended.sure + putOffMs;
}
