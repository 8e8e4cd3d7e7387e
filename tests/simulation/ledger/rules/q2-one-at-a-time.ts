import { askAgainMs } from "../arithmetic.ts";
import type { AskedCase, OpenRequestsCase, Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/**
 * Q2: at most one open request for each recipient, none within a day of a refusal; and what the keyholder shows as open, to owner and clock
 * zone, is what was asked and not answered: nothing else, and nothing less.
 */
export const q2: Rule = { invariant: "Q2", onAsked: tooMany, onOpenRequests: asAsked };

function tooMany({ facts, r, now }: AskedCase): string | null {
  const isOpen = facts.asked.some((one) => one.r === r && one.isNoted && !one.isInDoubt);
  if (isOpen && !facts.isUncertain) return "a second request of the same recipient while the first one is open";
  const refusal = facts.refusals.get(r);
  const since = refusal === undefined ? askAgainMs : now.served - refusal.from.served;
  return since >= askAgainMs ? null : `noted ${inDays(since)} after the owner refused`;
}

function asAsked({ facts, open, isDecided }: OpenRequestsCase): string | null {
  if (new Set(open.map(({ r }) => r)).size < open.length) return "two open requests of one recipient";
  if (open.some(({ request }) => !facts.asked.some(({ id }) => id === request)))
    return "open, though nobody asked or the owner refused";
  const isLost = facts.asked.some(
    ({ id, isNoted, isInDoubt }) => isNoted && !isInDoubt && !open.some(({ request }) => request === id),
  );
  return isLost && !isDecided && !facts.isUncertain ? "a request that nobody answered is gone" : null;
}
