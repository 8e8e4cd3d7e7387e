import { inTenants } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { lookLater } from "./look-later.ts";
import { placeOf } from "./mirror-of.ts";
import { type Answer, reconcile } from "./reconcile.ts";

/** The database does not know any more how far the feed was read: what it lost of that must be read again. */
export class DatabaseWentBack extends Error {
  override readonly name = "DatabaseWentBack";
}

/**
 * What failed together, switch by switch: one that fails keeps no other waiting, and the timer brings it back.
 * @param beside runs in the transaction of each, also of one that failed and is only noted for the timer. Throws DatabaseWentBack where that did.
 */
export async function reconcileEach(
  parts: ClockParts,
  answer: Answer,
  beside: (trx: ClockTransaction, item: KeyholderSwitch) => Promise<void>,
): Promise<void> {
  for (const item of answer.items) {
    try {
      await inTenants(parts.db, [item.account], async (trx) => {
        await reconcile(trx, parts, { ...answer, items: [item] });
        await beside(trx, item);
      });
    } catch (err) {
      if (err instanceof DatabaseWentBack) throw err;
      await lookLater(parts, placeOf(item), { err, nowMs: answer.nowMs }, (trx) => beside(trx, item));
    }
  }
}
