import { DependencyError, InvariantError, inTenant, RateLimitedError } from "@afterkeep/platform";
import type { ClockParts } from "../clock-parts.ts";
import { findAccepted, markNoted, noteLater, readAccepted, type ReminderName } from "../storage/reminders.ts";

const batch = 100;
/** Until the keyholder is told again what it could not write down; far below the hour that is taken for a wrong clock's word. */
const againMs = 600_000;

/**
 * Tells the keyholder of every reminder that a mail server took, until it was told. One that it cannot write down keeps no other waiting. Answers
 * how many it was told of. Throws DependencyError while the keyholder is away.
 */
export async function noteReminders(parts: ClockParts): Promise<number> {
  let noted = 0;
  for (const tenant of await findAccepted(parts.db, batch)) {
    const accepted = await inTenant(parts.db, { tenant, actor: null }, (trx) => readAccepted(trx, tenant));
    for (const reminder of accepted) if (await noteOne(parts, reminder)) noted++;
  }
  return noted;
}

async function noteOne(parts: ClockParts, reminder: ReminderName): Promise<boolean> {
  const isTold = await tell(parts, reminder);
  await inTenant(parts.db, { tenant: reminder.tenant, actor: null }, (trx) =>
    isTold ? markNoted(trx, reminder, parts.realClock.nowMs()) : noteLater(trx, reminder, againMs),
  );
  return isTold;
}

/** False when something is wrong at the keyholder with this one. */
async function tell(parts: ClockParts, { tenant, ...name }: ReminderName): Promise<boolean> {
  try {
    // `noted: false` means that the silence it belonged to is over; either way there is nothing left to tell.
    await parts.keyholder.reminderAccepted({ account: tenant, ...name });
  } catch (err) {
    if (err instanceof DependencyError || err instanceof RateLimitedError) throw err;
    parts.logger.error({ event: "reminder-not-noted", tenant, err });
    return !(err instanceof InvariantError);
  }
  return true;
}
