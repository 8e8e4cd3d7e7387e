import type { Rule } from "../rule.ts";

/** S4, S6: what a recipient opens is their own share of that generation, with the newest manifest, under the deciding policy. */
export const s4: Rule = {
  invariant: "S4",
  onGrant: ({ facts, policy, decisionId, r, share, manifestHash, policyHash }) => {
    if (policyHash !== policy.id) return "granted under another policy than was decided";
    if (facts.shares.get(`${policy.g}/${r}`) !== share) return "another share than was deposited";
    const before = facts.fetched.get(`${decisionId}/${r}`);
    if (before !== undefined) return before === manifestHash ? null : "fetched again with another manifest";
    return (facts.manifests.get(policy.g) ?? []).includes(manifestHash) ? null : "not the newest manifest";
  },
};
