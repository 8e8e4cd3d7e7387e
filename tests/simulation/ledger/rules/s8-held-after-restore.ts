import type { Rule } from "../rule.ts";

/** S8: a restore is followed by a hold before anything can be granted. */
export const s8: Rule = {
  invariant: "S8",
  onRestored: ({ state }) => (["held", "disarmed", "draft"].includes(state) ? null : `${state} after a restore`),
};
