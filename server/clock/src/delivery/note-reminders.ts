import { DependencyError, InvariantError, inTenant, RateLimitedError } from "@afterkeep/platform";
import type { ClockParts } from "../clock-parts.ts";
import { findAccepted, markNoted, readAccepted, type ReminderName } from "../storage/reminders.ts";

const batch = 100;

/** Tells the keyholder of every reminder that a mail server took, until it was told. Answers how many accounts had some. */
export async function noteReminders(parts: ClockParts): Promise<number> {
  const tenants = await findAccepted(parts.db, batch);
  for (const tenant of tenants) {
    const accepted = await inTenant(parts.db, { tenant, actor: null }, (trx) => readAccepted(trx, tenant));
    for (const reminder of accepted) await noteOne(parts, reminder);
  }
  return tenants.length;
}

async function noteOne(parts: ClockParts, reminder: ReminderName): Promise<void> {
  const { tenant, ...name } = reminder;
  try {
    // `noted: false` means that the silence it belonged to is over; either way there is nothing left to tell.
    await parts.keyholder.reminderAccepted({ account: tenant, ...name });
  } catch (error) {
    if (error instanceof DependencyError || error instanceof InvariantError || error instanceof RateLimitedError)
      throw error;
    parts.logger.warn({ event: "reminder-not-noted", tenant, err: error });
  }
  await inTenant(parts.db, { tenant, actor: null }, (trx) => markNoted(trx, reminder, parts.realClock.nowMs()));
}
