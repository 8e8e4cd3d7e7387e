import type { Rule } from "../rule.ts";

/** E5: nobody is told of a release without the keyholder's signed decision for that very bequest and person, and its row. */
export const e5: Rule = {
  invariant: "E5",
  onTold: ({ facts, r, release, isDecided }) => {
    if (release === null) return "a recipient is told without a signed decision";
    const isMeant = release.account === facts.account && release.b === facts.b;
    if (!isMeant || !release.recipients.some((one) => one.r === r)) return "the signed decision is for somebody else";
    return isDecided ? null : "the signed decision has no row";
  },
};
