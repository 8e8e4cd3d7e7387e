import { holdOf } from "../arithmetic.ts";
import type { WeakSign } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

const nameOf: Readonly<Record<WeakSign, string>> = {
  token: "a mail link",
  delegated: "a job's check-in",
  attested: "a sign-in",
};

/** S7: a mail link, a job's key or a sign-in carries at most `weakMax` beyond the last signed sign, only where the policy takes it and nothing is disarmed, and takes nothing back. */
export const s7: Rule = {
  invariant: "S7",
  onWeakSign: ({ facts, sign, now }) => {
    const { bound } = facts;
    const what = nameOf[sign];
    if (bound === null || facts.isUncertain) return null;
    if (facts.disarmed !== null) return `${what} counted where nothing runs`;
    if (facts.cooling !== null) return null;
    if (!bound.takes.has(sign)) return `${what} counted although the policy takes none`;
    if (facts.restored !== null && now.served - facts.restored.served < holdOf(bound)) return `${what} lifted a hold`;
    const since = now.sure - facts.heardSigned.sure;
    return since <= bound.weakMax
      ? null
      : `${what} counted ${inDays(since)} after a signed sign, at most ${inDays(bound.weakMax)}`;
  },
};
