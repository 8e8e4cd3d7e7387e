import type { KeyholderParts } from "../parts.ts";
import { takeInRefused } from "../accept/take-in-refused.ts";
import { catchUp } from "./catch-up.ts";
import { frozenBy } from "../freeze/frozen-by.ts";
import { holdEverything } from "./hold-everything.ts";
import { settleDue } from "./settle-due.ts";

/**
 * One tick: a probe, a look at the outside clock where ours is in doubt, the time since the last tick, then whatever became due by the keyholder's own record. One bequest that fails
 * does not keep the others waiting; its error is given to `onError`.
 */
export async function tick(parts: KeyholderParts): Promise<void> {
  const isUnsure = parts.time.isUnsure();
  await Promise.all([parts.probe.run(), isUnsure ? parts.outsideClock?.look(() => parts.clock.monotonicMs()) : null]);
  parts.time.advance();
  // Why a hold: receipts were given by a wall time that will not come for long, and what they said must not be broken.
  if (parts.time.isDoubtOver()) {
    holdEverything(parts, { before: () => parts.time.trustWall(), renews: false });
    parts.time.reload();
  }
  parts.store.lookAgain();
  takeInRefused(parts);
  await catchUp(parts);
  // Why: nothing would be settled, and every tick would walk over all that is due.
  if (frozenBy(parts) !== null) return;
  await settleDue(parts);
}
