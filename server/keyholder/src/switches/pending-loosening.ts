import type { HeardBequest } from "../store/bequests.ts";

/** The policy of a bequest that loosens the bound one and has not bound yet, with the attended ms until it can; none or one. */
export function pendingLoosening(
  { history: { cooling } }: Pick<HeardBequest, "history">,
  attendedMs: number,
): { policyHash: string; left: number }[] {
  if (cooling === null) return [];
  return [{ policyHash: cooling.policy.id, left: Math.max(0, cooling.bindsAtAttended - attendedMs) }];
}
