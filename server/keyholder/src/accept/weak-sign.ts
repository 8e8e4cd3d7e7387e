import { ForbiddenError } from "@afterkeep/platform";
import type { Receipt } from "@afterkeep/statements";
import type { Moment } from "../time/attended-time.ts";
import type { hearSign } from "./hear-sign.ts";

export type WeakReceipt = NonNullable<Receipt["weak"]>;
type Heard = ReturnType<typeof hearSign>;

/**
 * What the receipt of a weak sign says: who counted it, and how much longer such signs can count. Null where nobody did.
 */
export function countedBy(by: WeakReceipt["class"], heard: readonly Heard[], moment: Moment): WeakReceipt | null {
  const rows = heard.filter(({ accepted }) => accepted);
  if (rows.length === 0) return null;
  return {
    class: by,
    rows: rows.map(({ b, policy, history }) => ({
      b,
      // Why none once decided: such a sign suspends a release once, so no further one counts for it.
      left:
        history.decision === null
          ? Math.max(0, (history.lastSignedAttended ?? 0) + policy.weakMax - moment.attendedMs)
          : 0,
    })),
  };
}

/** The same. Throws ForbiddenError `sign-not-accepted` where nobody counted it: inside its commit, so that nothing is left of it. */
export function requireCounted(by: WeakReceipt["class"], heard: readonly Heard[], moment: Moment): WeakReceipt {
  const counted = countedBy(by, heard, moment);
  if (counted !== null) return counted;
  throw new ForbiddenError("sign-not-accepted", "This key's check-in cannot count as a sign of life now.", {
    next: "The owner must check in themselves, or let a bequest accept such check-ins.",
  });
}
