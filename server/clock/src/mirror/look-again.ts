import { inTenant, pgId } from "@afterkeep/platform";
import { sql } from "kysely";
import type { ClockParts } from "../clock-parts.ts";
import type { PinnedKeyholder } from "../keyholder-pin.ts";
import { reconcileAccount } from "./reconcile-account.ts";
import { attemptEveryMs } from "./reminder-attempts.ts";

const batch = 100;

/**
 * Asks the keyholder about accounts whose reminder mails came to their end a day ago, and mails again what it still waits for.
 * Why: a reminder that was refused, or that counted before a hold began, changes nothing at the keyholder any more, so the feed of
 * changes would never bring it back and the switch would wait for ever.
 */
export async function lookAgain(parts: ClockParts, pinned: PinnedKeyholder, epoch: number): Promise<void> {
  const now = parts.clock.nowMs();
  const { rows } = await sql<{ tenant: string }>`
    select tenant from find_reminders_to_look_at(${now}, ${batch})`.execute(parts.db);
  for (const { tenant } of rows) {
    try {
      const { items } = await parts.keyholder.switches({ account: tenant });
      await reconcileAccount(parts, pinned, { tenant, epoch, items });
      await noteLook(parts, tenant, now);
    } catch (err) {
      parts.logger.warn({ event: "look-again-failed", tenant, err }, "will try again");
    }
  }
}

/** What was not mailed again is looked at tomorrow, as long as its silence goes on. */
async function noteLook(parts: ClockParts, tenant: string, now: number): Promise<void> {
  await inTenant(parts.db, { tenant, actor: null }, (trx) =>
    sql`
      update reminder set look_at = case when exists (
        select 1 from switch_state
        where switch_state.tenant = reminder.tenant and switch_state.b = reminder.b and switch_state.last_sign = reminder.last_sign
      ) then ${now + attemptEveryMs}::bigint end
      where tenant = ${pgId(tenant)} and look_at <= ${now}`.execute(trx),
  );
}
