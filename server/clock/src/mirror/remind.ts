import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { addMails } from "../storage/outbox.ts";
import { saveAttempts } from "../storage/reminders.ts";
import type { ReminderMail } from "./plan-reminders.ts";

/**
 * Writes the mails and lets their reminders rest on them. Call with the switches locked, so that two clocks never write for one.
 * @param attemptedAt the keyholder's time
 */
export async function remind(
  trx: ClockTransaction,
  parts: ClockParts,
  mails: readonly ReminderMail[],
  attemptedAt: number,
): Promise<void> {
  const planned = mails.map(({ tenant, key, kind }) => ({ tenant, key, kind, recipient: null }));
  const written = await addMails(trx, planned, parts.realClock.nowMs());
  const idOf = new Map(written.map(({ id, tenant, key }) => [`${tenant} ${key}`, id]));
  const attempts = mails.flatMap(({ tenant, key, reminders }) => {
    const mail = idOf.get(`${tenant} ${key}`);
    return mail === undefined ? [] : reminders.map((reminder) => ({ ...reminder, mail }));
  });
  await saveAttempts(trx, attempts, attemptedAt);
}
