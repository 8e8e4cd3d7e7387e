import { type MailKind, type OutgoingMail, openMail, pgId } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";

/** One claimed row of the outbox. */
export type Claim = { id: string; tenant: string; attempt: number };
/** A mail about to leave. */
export type DueMail = Claim & {
  key: string;
  kind: MailKind;
  recipient: string | null;
  createdAtMs: number;
} & OutgoingMail;

/** Opens a claimed mail; null when it was settled or its account is gone meanwhile. Throws DependencyError while the kms is away. */
export async function takeMail(trx: ClockTransaction, parts: ClockParts, claim: Claim): Promise<DueMail | null> {
  const row = await trx
    .selectFrom("outbox")
    .select(["key", "kind", "recipient", "sealed", "created_at"])
    .where("id", "=", pgId(claim.id))
    .where("state", "=", "queued")
    .executeTakeFirst();
  const account = await trx.selectFrom("account").select("dek").where("id", "=", pgId(claim.tenant)).executeTakeFirst();
  if (row === undefined || row.sealed === null || account === undefined) return null;
  const dek = await parts.keys.dekOf(claim.tenant, account.dek);
  const { key, kind, recipient, sealed, created_at: createdAtMs } = row;
  return {
    ...claim,
    key,
    kind,
    recipient,
    createdAtMs,
    ...openMail(dek, { tenant: claim.tenant, id: claim.id, sealed }),
  };
}
