import { type AuditEntry, encodeAuditLeaf, pgId, type TenantContext, tenantSetting } from "@afterkeep/platform";
import { besideKinds, controlKinds } from "@afterkeep/statements";
import { type Insertable, type Kysely, sql } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type NewStatement = Omit<Insertable<ApiTables["statement"]>, "clashes">;
export type Kept = {
  /** It was not kept before. */
  isNew: boolean;
  /** Another receipt of the account has its number, or it has another receipt: one of the two is of a history that the keyholder lost. */
  clashes: boolean;
};

/**
 * Keeps an accepted statement with its receipt, and writes its leaf into the log. Neither where it is kept already: the same statement comes
 * again after a failure; with another receipt than before that is marked. Why one command, which also says whose rows it sees: every check-in waits for it.
 */
export async function insertStatement(
  db: Kysely<ApiTables>,
  context: TenantContext,
  row: NewStatement,
  noted: AuditEntry,
): Promise<Kept> {
  const leaf = Buffer.from(encodeAuditLeaf(noted));
  const { rows } = await sql<Kept>`
    with context as materialized (${tenantSetting(context)}), kept as (
      insert into statement (tenant, id, kind, seq, jws, receipt, receipt_epoch, receipt_counter, accepted_at, clashes)
      select ${pgId(row.tenant)}::uuid, ${row.id}::bytea, ${row.kind}, ${row.seq}::bigint, ${row.jws}, ${row.receipt},
        ${row.receipt_epoch}::bigint, ${row.receipt_counter}::bigint, ${row.accepted_at}::bigint,
        exists (select from statement where receipt_epoch = ${row.receipt_epoch}::bigint and receipt_counter = ${row.receipt_counter}::bigint)
      from context
      on conflict (tenant, id) do update set clashes = true where statement.receipt <> excluded.receipt
      returning tenant, clashes, xmax = 0 as "isNew"
    ), logged as (
      insert into audit_leaf (tenant, at, leaf) select tenant, ${noted.at}::bigint, ${leaf}::bytea from kept where "isNew"
    )
    select "isNew", clashes from kept`.execute(db);
  return rows[0] ?? { isNew: false, clashes: false };
}

/** The control chain from `after` (exclusive), oldest first. */
export async function readChain(tx: Tx, after: number, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom("statement")
    .select("jws")
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map(({ jws }) => jws);
}

/** What took devices away, oldest first. */
export async function readRevocations(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom("statement")
    .select("jws")
    .where("kind", "=", "revoke-device")
    .orderBy("receipt_epoch")
    .orderBy("receipt_counter")
    .limit(limit)
    .execute();
  return rows.map(({ jws }) => jws);
}

export type KeptStop = { kind: "disarm" | "pause"; jws: string; accepted_at: number };

/** What stopped something, newest first. */
export async function readStops(tx: Tx, limit: number): Promise<KeptStop[]> {
  const rows = await tx
    .selectFrom("statement")
    .select(["kind", "jws", "accepted_at"])
    .where("kind", "in", ["disarm", "pause"])
    .orderBy("receipt_epoch", "desc")
    .orderBy("receipt_counter", "desc")
    .limit(limit)
    .execute();
  return rows.flatMap(({ kind, ...row }) => (kind === "disarm" || kind === "pause" ? [{ kind, ...row }] : []));
}

/** The place of the newest statement of the control chain; -1 before the first. */
export async function readNewestSeq(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom("statement")
    .select("seq")
    .where("seq", "is not", null)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? -1;
}

/** The newest receipt by the keyholder's own counting; empty before the first. */
export async function readNewestReceipt(tx: Tx): Promise<string> {
  const row = await tx
    .selectFrom("statement")
    .select("receipt")
    .orderBy("receipt_epoch", "desc")
    .orderBy("receipt_counter", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.receipt ?? "";
}

/**
 * Of what we keep, the receipts that tell a keyholder of anything that it lost, newest first: those with the newest number, and of its epoch those with the newest
 * number that two have. Why no more: a keyholder that was put back counts on from an earlier number. So either the newest one is of what it lost, or it has given
 * a number of that once more.
 */
export async function readTellingReceipts(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ receipt: string }>`select receipt from telling_receipts()`.execute(tx);
  return rows.map(({ receipt }) => receipt);
}

/** Where a receipt stands in the keyholder's own counting, which is the order of acceptance. */
export type ReceiptPosition = { receipt_epoch: number; receipt_counter: number };
export type KeptStatement = ReceiptPosition & { jws: string; receipt: string };

/** The position of the control statement of `seq`; before every other when there is none. */
export async function readPosition(tx: Tx, seq: number): Promise<ReceiptPosition> {
  const row = await tx
    .selectFrom("statement")
    .select(["receipt_epoch", "receipt_counter"])
    .where("seq", "=", seq)
    .executeTakeFirst();
  return row ?? { receipt_epoch: -1, receipt_counter: -1 };
}

/** What the owner key signed, with their receipts, accepted after a position, oldest first. */
export async function readKeptAfter(tx: Tx, after: ReceiptPosition, limit: number): Promise<KeptStatement[]> {
  return (
    tx
      .selectFrom("statement")
      .select(["jws", "receipt", "receipt_epoch", "receipt_counter"])
      .where("kind", "in", [...controlKinds, ...besideKinds])
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple("receipt_epoch", "receipt_counter"), ">", tuple(after.receipt_epoch, after.receipt_counter)),
      )
      .orderBy("receipt_epoch")
      .orderBy("receipt_counter")
      // Why with ties: a page that ended between two receipts of one number would leave the second one out.
      .fetch(limit, "with ties")
      .execute()
  );
}
