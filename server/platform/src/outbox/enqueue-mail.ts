import { newId } from "@afterkeep/bytes";
import { type Generated, sql, type Transaction } from "kysely";
import { pgId } from "../database/pg-id.ts";
import { type FieldPlace, openField, sealField } from "../field-encryption/field-cipher.ts";
import { type MailContent, type MailKind, type OutgoingMail, outgoingMail } from "./mail-content.ts";

export const outboxStates = ["queued", "accepted", "refused", "cancelled"] as const;
export type OutboxState = (typeof outboxStates)[number];

/** The table of outgoing mail, for a Kysely schema. */
export type OutboxTable = {
  id: string;
  tenant: string;
  key: string;
  kind: MailKind;
  recipient: string | null;
  sealed: Buffer | null;
  state: Generated<OutboxState>;
  attempts: Generated<number>;
  /** By the database's clock, which all who claim share; at once where it is new. */
  next_attempt_at: Generated<Date>;
  /** By the same; null where the last try came to an end. */
  claimed_until: Generated<Date | null>;
  /** How often it was claimed. */
  claims: Generated<number>;
  /** A mail server may have it; never taken back. */
  may_have_left: Generated<boolean>;
  /** By the database's clock. */
  written_at: Generated<Date>;
  created_at: number;
  settled_at: number | null;
};

export type NewMail = {
  tenant: string;
  /** Names the effect, unique within the tenant: the second enqueue with one key changes nothing. Holds no secret. */
  key: string;
  /** The address. */
  to: string;
  content: MailContent;
  /** The recipient whose address it is, so that a refusal for good is noted there. */
  recipient?: string;
  /** The tenant's data-encryption key. */
  dek: Uint8Array;
  /** Real time, ms. */
  nowMs: number;
};

/**
 * Puts a mail into the outbox in the caller's transaction, sealed: it leaves if and only if the change commits. Answers the
 * mail's id, or null when its key was there already.
 */
export async function enqueueMail<Schema>(transaction: Transaction<Schema>, mail: NewMail): Promise<string | null> {
  const id = newId(mail.nowMs);
  const sealed = sealMail(mail.dek, { tenant: mail.tenant, id }, mail);
  const inserted = await sql<{ id: string }>`
    insert into outbox (id, tenant, key, kind, recipient, sealed, created_at)
    values (${pgId(id)}, ${pgId(mail.tenant)}, ${mail.key}, ${mail.content.kind},
      ${mail.recipient === undefined ? null : pgId(mail.recipient)}, ${sealed}, ${mail.nowMs})
    on conflict (tenant, key) do nothing
    returning id`.execute(transaction);
  return inserted.rows[0]?.id ?? null;
}

/** Takes back a mail that has not left yet and erases it. False when there is none of this key or it is settled. */
export async function cancelMail<Schema>(
  transaction: Transaction<Schema>,
  mail: { tenant: string; key: string; nowMs: number },
): Promise<boolean> {
  const cancelled = await sql`
    update outbox set state = 'cancelled', sealed = null, settled_at = ${mail.nowMs}
    where tenant = ${pgId(mail.tenant)} and key = ${mail.key} and state = 'queued'`.execute(transaction);
  return cancelled.numAffectedRows === 1n;
}

/** Address and content as they stand in an outbox row: sealed for this row alone. */
export function sealMail(dek: Uint8Array, row: { tenant: string; id: string }, { to, content }: OutgoingMail): Buffer {
  return sealField(dek, sealedPlace(row.tenant, row.id), JSON.stringify(outgoingMail.parse({ to, content })));
}

/** Opens the sealed part of an outbox row. Throws InvariantError `field-unreadable` when it is another row's or altered. */
export function openMail(dek: Uint8Array, row: { tenant: string; id: string; sealed: Uint8Array }): OutgoingMail {
  return outgoingMail.parse(JSON.parse(openField(dek, sealedPlace(row.tenant, row.id), row.sealed).toString("utf8")));
}

function sealedPlace(tenant: string, row: string): FieldPlace {
  return { table: "outbox", column: "sealed", tenant, row };
}
