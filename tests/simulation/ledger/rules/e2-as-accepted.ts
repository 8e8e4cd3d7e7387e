import type { Rule } from "../rule.ts";

/** E2: a bequest is as the owner's accepted statements leave it: this policy binds or cools, and it is disarmed or not. */
export const e2: Rule = {
  invariant: "E2",
  onShown: ({ facts, state, policyHash, isFresh }) => {
    const { bound, cooling, disarmed, isUncertain, isGivenBack } = facts;
    if (!isFresh || isUncertain || !isGivenBack || policyHash === cooling?.id) return null;
    if (bound !== null && policyHash !== bound.id) return "another policy is bound than was accepted";
    return (state === "disarmed") === (disarmed !== null) ? null : `${state}, as no accepted statement says`;
  },
};
