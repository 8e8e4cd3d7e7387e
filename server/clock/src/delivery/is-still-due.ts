import { pgId } from "@afterkeep/platform";
import { sql } from "kysely";
import type { ClockTransaction } from "../clock-parts.ts";
import type { DueMail } from "./take-mail.ts";

/**
 * Whether a mail still says what is so, looked at again just before it leaves. A reminder of a silence that has ended, or a notice
 * of a share that was taken back, is worse than none.
 */
export async function isStillDue(trx: ClockTransaction, mail: DueMail): Promise<boolean> {
  if (mail.kind === "reminder" || mail.kind === "grace-reminder") return isSilenceGoingOn(trx, mail);
  if (mail.kind === "release") return isStillGranted(trx, mail);
  return true;
}

async function isSilenceGoingOn(trx: ClockTransaction, { id }: DueMail): Promise<boolean> {
  const found = await sql`
    select 1 from reminder join switch_state using (tenant, b)
    where reminder.mail = ${pgId(id)} and switch_state.last_sign = reminder.last_sign
      and switch_state.state in ('reminding', 'grace')
    limit 1`.execute(trx);
  return found.rows.length > 0;
}

async function isStillGranted(trx: ClockTransaction, { tenant, key }: DueMail): Promise<boolean> {
  const [, decisionId = "", r = ""] = key.split(":");
  const slot = await trx
    .selectFrom("release_slot")
    .select("stage")
    .where("tenant", "=", pgId(tenant))
    .where("decision_id", "=", pgId(decisionId))
    .where("r", "=", pgId(r))
    .executeTakeFirst();
  return slot?.stage === "granted";
}
