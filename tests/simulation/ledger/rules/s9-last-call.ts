import { lastCallOf } from "../arithmetic.ts";
import type { Rule } from "../rule.ts";

/** S9: nothing is decided unless a last call was taken by a mail server in this silence, and its wait is over. */
export const s9: Rule = {
  invariant: "S9",
  onDecision: ({ facts, policy, now }) => {
    const calls = facts.calls.filter(({ at }) => at >= facts.heard.at);
    const isWaited = calls.some(({ served }) => now.served - served >= lastCallOf(policy));
    return isWaited ? null : `decided with ${calls.length} last calls, none of them ${lastCallOf(policy)} ms ago`;
  },
};
