import type { BesideKind, ControlKind, StatementKind } from "@afterkeep/statements";
import { type ReadStatement, readReceipt } from "../access/statement-reading.ts";
import { toWire } from "../access/wire.ts";
import { auditEntryOf, type Call, tenantContext } from "../context/call.ts";
import { insertStatement, type Kept } from "../storage/statements.ts";

export type OwnerKind = ControlKind | BesideKind | "checkin";
export type Receipted = {
  kind: OwnerKind | "token" | "attested";
  tenant: string;
  statement: Pick<ReadStatement<StatementKind>, "jws" | "id">;
  receipt: string;
  seq: number | null;
  /** What the audit leaf says, where it is not the kind. */
  action?: "statement.healed";
};

/** The keyholder's receipt for a statement. Its refusals pass through: this zone has no say in them. */
export async function askReceipt(
  call: Call,
  kind: OwnerKind,
  statement: Pick<ReadStatement<StatementKind>, "jws">,
): Promise<{ receipt: string }> {
  return call.services.keyholder.submit({ kind, statement: statement.jws });
}

/**
 * Keeps a statement that the keyholder accepted, its receipt and an audit leaf in one transaction: the given one, or one of its own. Doing
 * it again changes nothing: a client that saw us fail sends the same statement once more.
 */
export async function storeReceipted(
  call: Call,
  db: Call["services"]["db"],
  at: number,
  accepted: Receipted,
): Promise<Kept> {
  const { epoch, counter, weak } = readReceipt(accepted.receipt);
  const row = {
    tenant: accepted.tenant,
    id: accepted.statement.id,
    kind: accepted.kind,
    seq: accepted.seq,
    jws: accepted.statement.jws,
    receipt: accepted.receipt,
    receipt_epoch: epoch,
    receipt_counter: counter,
    accepted_at: at,
  };
  const noted = auditEntryOf(call, at, {
    tenant: accepted.tenant,
    // Why by the receipt: a delegate's check-in looks like a device's, and the keyholder alone knows which it is.
    action: accepted.action ?? `statement.${weak?.class ?? accepted.kind}`,
    resource: `account:${accepted.tenant}`,
    fields: { statement: toWire(accepted.statement.id), epoch, counter },
    as: { actor: "owner", id: accepted.tenant },
  });
  return insertStatement(db, tenantContext(call, accepted.tenant), row, noted);
}
