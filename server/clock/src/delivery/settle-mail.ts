import { appendAudit, type OutboxState } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { noteBounce } from "../storage/accounts.ts";
import { slotOf } from "../effects.ts";
import { withdrawnMail } from "../mirror/tell-withdrawals.ts";
import { addMails, type ClaimedMail, settleRow } from "../storage/outbox.ts";
import { readStage } from "../storage/releases.ts";
import { acceptReminders } from "../storage/reminders.ts";

export type Outcome = Exclude<OutboxState, "queued"> | "failed";

/**
 * Writes what became of a mail, erases its content, and lets what rests on it follow: reminders count as accepted only here, a
 * recipient's refused address is noted, and not that of a mail that was given up (`failed`). One transaction; nothing happens when it is settled already.
 */
export async function settleMail(
  trx: ClockTransaction,
  parts: ClockParts,
  mail: ClaimedMail,
  outcome: Outcome,
): Promise<void> {
  const state = outcome === "failed" ? "refused" : outcome;
  const settled = await settleRow(trx, mail, state, parts.realClock.nowMs());
  if (settled === null) return;
  // Invariant: reached only after the mail server said that it took the mail.
  if (outcome === "accepted")
    await acceptReminders(trx, mail.id, { acceptedAt: parts.realClock.nowMs(), attemptedAt: parts.clock.nowMs() });
  if (outcome === "accepted" || settled.mayHaveLeft) await followWithdrawn(trx, parts, mail);
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

/** What a share's notice said may have been taken back while it was on its way: nobody else would tell its reader. */
async function followWithdrawn(trx: ClockTransaction, parts: ClockParts, mail: ClaimedMail): Promise<void> {
  if (mail.kind !== "release") return;
  const slot = slotOf(mail);
  if ((await readStage(trx, slot)) !== "withdrawn") return;
  await addMails(trx, [withdrawnMail(slot)], parts.realClock.nowMs());
}
