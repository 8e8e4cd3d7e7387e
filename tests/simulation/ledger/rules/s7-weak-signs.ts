import { holdOf, putOffMs } from "../arithmetic.ts";
import type { WeakSign } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

const nameOf: Readonly<Record<WeakSign, string>> = {
  token: "a mail link",
  delegated: "a job's check-in",
  attested: "a sign-in",
};

/**
 * S7: a mail link, a job's key or a sign-in carries at most `weakMax` beyond the last signed sign, only where the policy takes it and nothing is disarmed, and takes nothing back. Under a
 * decision it keeps back what was not fetched, for three days and once.
 */
export const s7: Rule = {
  invariant: "S7",
  onGrant: ({ facts, decisionId, r, now }) => {
    const { decision, fetched, maybeFetched } = facts;
    const place = `${decisionId}/${r}`;
    if (decision?.id !== decisionId || decision.suspended === null || fetched.has(place) || maybeFetched.has(place))
      return null;
    const since = now.served - decision.suspended.served;
    return since >= putOffMs ? null : `given ${inDays(since)} after a weak sign that keeps it back`;
  },
  onWeakSign: ({ facts, sign, now, suspends }) => {
    const { bound } = facts;
    const what = nameOf[sign];
    if (bound === null || facts.isUncertain) return null;
    if (facts.decision !== null && !suspends) return `${what} takes back what was decided`;
    if (suspends && (facts.decision?.suspended ?? null) !== null) return `${what} suspends a release once more`;
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
