import { appendAudit, type OutboxState, pgId } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { DueMail } from "./take-mail.ts";

export type Outcome = Exclude<OutboxState, "queued">;

/**
 * Writes what became of a mail, erases its content, and lets what rests on it follow: reminders count as accepted only here, a
 * recipient's refused address is noted. One transaction; nothing happens when it is settled already.
 */
export async function settleMail(
  trx: ClockTransaction,
  parts: ClockParts,
  mail: DueMail,
  outcome: Outcome,
): Promise<void> {
  const settled = await trx
    .updateTable("outbox")
    .set({ state: outcome, sealed: null, settled_at: parts.realClock.nowMs() })
    .where("id", "=", pgId(mail.id))
    .where("state", "=", "queued")
    .executeTakeFirst();
  if (settled.numUpdatedRows !== 1n) return;
  if (outcome === "accepted") await acceptReminders(trx, parts, mail);
  if (outcome === "refused" && mail.recipient !== null) await noteBounce(trx, mail.tenant, mail.recipient);
  await appendAudit(trx, {
    at: parts.clock.nowMs(),
    account: mail.tenant,
    actor: "clock",
    actorId: "",
    action: `mail.${outcome}`,
    resource: `mail:${mail.id}`,
    fields: { kind: mail.kind, attempt: mail.attempt },
    requestId: "",
  });
}

// Invariant: the only place that writes `accepted_at`, reached only after the mail server said that it took the mail.
async function acceptReminders(trx: ClockTransaction, parts: ClockParts, mail: DueMail): Promise<void> {
  await trx
    .updateTable("reminder")
    .set({ accepted_at: parts.realClock.nowMs() })
    .where("mail", "=", pgId(mail.id))
    .where("accepted_at", "is", null)
    .execute();
}

async function noteBounce(trx: ClockTransaction, tenant: string, r: string): Promise<void> {
  await trx
    .updateTable("recipient")
    .set({ bounced: true })
    .where("tenant", "=", pgId(tenant))
    .where("r", "=", pgId(r))
    .execute();
}
