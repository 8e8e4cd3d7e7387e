import type { Rule } from "../rule.ts";

/** E4: what was taken back before it was fetched is never given under that decision again, also after a restore. */
export const e4: Rule = {
  invariant: "E4",
  onGrant: ({ facts, decisionId, r }) =>
    facts.takenBack.has(`${decisionId}/${r}`) ? "granted under a decision that was taken back" : null,
};
