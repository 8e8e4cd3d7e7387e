import { appendAudits, type AuditEntry } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { addMails, cancelMails } from "../storage/outbox.ts";
import { keepWithdrawals, type SignedWithdrawal } from "../storage/releases.ts";
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
  const notices = kept.map(({ body }) => ({ tenant: body.account, key: `release:${body.decisionId}:${body.r}` }));
  const left = new Set((await cancelMails(trx, notices, nowMs)).map(({ tenant, key }) => `${tenant} ${key}`));
  const told = kept.filter((_, i) => left.has(`${notices[i]?.tenant} ${notices[i]?.key}`));
  const mails = told.map(({ body: { account: tenant, decisionId, r } }) => ({
    tenant,
    key: `withdrawn:${decisionId}:${r}`,
    kind: "withdrawn" as const,
    recipient: r,
  }));
  await addMails(trx, mails, nowMs);
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
