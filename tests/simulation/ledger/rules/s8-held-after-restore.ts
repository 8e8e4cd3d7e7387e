import type { Rule } from "../rule.ts";

/** S8: a restore is followed by a hold before anything can be granted. While the clock is in doubt the hold is not seen, and nothing is granted. */
export const s8: Rule = {
  invariant: "S8",
  onRestored: ({ state }) =>
    ["held", "disarmed", "draft", "frozen"].includes(state) ? null : `${state} after a restore`,
};
