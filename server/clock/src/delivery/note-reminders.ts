import { DependencyError, InvariantError, inTenant, pgId, RateLimitedError } from "@afterkeep/platform";
import { sql } from "kysely";
import type { ClockParts } from "../clock-parts.ts";
import type { ClockTables } from "../clock-tables.ts";

type AcceptedReminder = Pick<ClockTables["reminder"], "last_sign" | "phase" | "index"> & { b: string };
const batch = 100;

/** Tells the keyholder of every reminder that a mail server took, until it was told. Answers how many accounts had some. */
export async function noteReminders(parts: ClockParts): Promise<number> {
  const { rows } = await sql<{ tenant: string }>`select tenant from find_reminders_to_note(${batch})`.execute(parts.db);
  for (const { tenant } of rows) {
    for (const reminder of await readAccepted(parts, tenant)) await noteOne(parts, tenant, reminder);
  }
  return rows.length;
}

async function readAccepted(parts: ClockParts, tenant: string): Promise<AcceptedReminder[]> {
  return inTenant(parts.db, { tenant, actor: null }, (trx) =>
    trx
      .selectFrom("reminder")
      .select(["b", "last_sign", "phase", "index"])
      .where("tenant", "=", pgId(tenant))
      .where("accepted_at", "is not", null)
      .where("noted_at", "is", null)
      .orderBy("accepted_at")
      .execute(),
  );
}

async function noteOne(parts: ClockParts, tenant: string, reminder: AcceptedReminder): Promise<void> {
  const { b, last_sign, phase, index } = reminder;
  try {
    // `noted: false` means that the silence it belonged to is over; either way there is nothing left to tell.
    await parts.keyholder.reminderAccepted({
      account: tenant,
      b,
      lastSign: last_sign.toString("base64url"),
      phase,
      index,
    });
  } catch (error) {
    if (error instanceof DependencyError || error instanceof InvariantError || error instanceof RateLimitedError)
      throw error;
    parts.logger.warn({ event: "reminder-not-noted", tenant, err: error });
  }
  await inTenant(parts.db, { tenant, actor: null }, (trx) =>
    trx
      .updateTable("reminder")
      .set({ noted_at: parts.realClock.nowMs() })
      .where("tenant", "=", pgId(tenant))
      .where("b", "=", pgId(b))
      .where("last_sign", "=", last_sign)
      .where("phase", "=", phase)
      .where("index", "=", index)
      .execute(),
  );
}
