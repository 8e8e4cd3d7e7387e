import { appendAudits, type AuditEntry } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { effects } from "../effects.ts";
import { addMails, cancelMails, type PlannedMail } from "../storage/outbox.ts";
import { keepWithdrawals, type SignedWithdrawal, type SlotName } from "../storage/releases.ts";
import type { VerifiedSwitch } from "./verify-switch.ts";

/** Keeps signed withdrawals. A recipient who was told of the release is told calmly; a notice that has not left never does. */
export async function tellWithdrawals(
  trx: ClockTransaction,
  parts: ClockParts,
  switches: readonly VerifiedSwitch[],
): Promise<void> {
  const kept = await keepWithdrawals(
    trx,
    switches.flatMap(({ withdrawn }) => withdrawn),
  );
  await appendAudits(
    trx,
    kept.map((withdrawal) => leafOf(withdrawal, parts.clock.nowMs())),
  );
  const nowMs = parts.realClock.nowMs();
  const notices = kept.map(({ body }) => ({ tenant: body.account, key: effects.release(body) }));
  const left = new Set((await cancelMails(trx, notices, nowMs)).map(({ tenant, key }) => `${tenant} ${key}`));
  const told = kept.filter((_, i) => left.has(`${notices[i]?.tenant} ${notices[i]?.key}`));
  const mails = told.map(({ body: { account: tenant, decisionId, r } }) => withdrawnMail({ tenant, decisionId, r }));
  await addMails(trx, mails, nowMs);
}

/** For a recipient who was told of a release that was taken back. */
export function withdrawnMail(slot: SlotName): PlannedMail {
  return { tenant: slot.tenant, key: effects.withdrawn(slot), kind: "withdrawn", recipient: slot.r };
}

function leafOf({ body }: SignedWithdrawal, nowMs: number): AuditEntry {
  return {
    at: nowMs,
    account: body.account,
    actor: "clock",
    actorId: "",
    action: "release.withdrawn",
    resource: `recipient:${body.r}`,
    fields: { decisionId: body.decisionId, sign: body.sign },
    requestId: "",
  };
}
