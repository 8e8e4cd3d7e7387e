import { inTenants } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { addSwitches, lookAgainAt, type SwitchPlace } from "../storage/switch-states.ts";

const retryMs = 600_000;

/** Notes one that failed by itself for the timer. @param nowMs the keyholder's time @param beside runs in the same transaction */
export async function lookLater(
  parts: ClockParts,
  place: SwitchPlace,
  { err, nowMs }: { err: unknown; nowMs: number },
  beside: (trx: ClockTransaction) => Promise<void> = async () => {},
): Promise<void> {
  const { tenant } = place;
  parts.logger.warn({ event: "reconcile-failed", tenant, err }, "will try again");
  await inTenants(parts.db, [tenant], async (trx) => {
    await addSwitches(trx, [place]);
    await lookAgainAt(trx, [place], nowMs + retryMs);
    await beside(trx);
  });
}
