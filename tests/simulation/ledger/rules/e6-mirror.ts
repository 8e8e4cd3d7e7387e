import type { Rule } from "../rule.ts";

/**
 * E6: what the clock zone knows by the feed is what the keyholder derives now, or news is on its way: then it is not asked. The clock zone derives
 * nothing else of its own; it plans its messages from this.
 */
export const e6: Rule = {
  invariant: "E6",
  onMirrored: ({ mirrored, derived }) =>
    mirrored === derived ? null : `the clock zone knows ${mirrored}, the keyholder derives ${derived}`,
};
