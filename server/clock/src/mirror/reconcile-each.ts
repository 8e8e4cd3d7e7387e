import { inTenants } from "@afterkeep/platform";
import type { ClockParts } from "../clock-parts.ts";
import { addSwitches, lookAgainAt } from "../storage/switch-states.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { placeOf } from "./mirror-of.ts";
import { type Answer, reconcile } from "./reconcile.ts";

const retryMs = 600_000;

/** What failed together, switch by switch: one that fails keeps no other waiting, and the timer brings it back. */
export async function reconcileEach(parts: ClockParts, answer: Answer): Promise<void> {
  for (const item of answer.items) {
    try {
      await inTenants(parts.db, [item.account], (trx) => reconcile(trx, parts, { ...answer, items: [item] }));
    } catch (err) {
      parts.logger.warn({ event: "reconcile-failed", tenant: item.account, err }, "will try again");
      await lookLater(parts, item);
    }
  }
}

async function lookLater(parts: ClockParts, item: KeyholderSwitch): Promise<void> {
  const place = placeOf(item);
  await inTenants(parts.db, [place.tenant], async (trx) => {
    await addSwitches(trx, [place]);
    await lookAgainAt(trx, [place], parts.clock.nowMs() + retryMs);
  });
}
