import { idMaker } from "@afterkeep/bytes";
import { type Generated, sql, type Transaction } from "kysely";
import { pgId } from "../database/pg-id.ts";
import { type AuditEntry, encodeAuditLeaf } from "./audit-leaf.ts";

/** The table of audit leaves, for a Kysely schema. */
export type AuditLeafTable = {
  id: Generated<number>;
  tenant: string | null;
  at: number;
  leaf: Buffer;
  /** The leaf's place in the tree; null until the auditor gave it one. */
  sequence_index: Generated<number | null>;
};

/**
 * Adds one leaf to the audit log in the caller's transaction: the leaf and the change commit together or not at all. Returns the
 * leaf's bytes. Row-level security refuses an account other than the transaction's tenant.
 */
export async function appendAudit<Schema>(transaction: Transaction<Schema>, entry: AuditEntry): Promise<Uint8Array> {
  const leaf = encodeAuditLeaf(entry);
  const tenant = entry.account === "" ? null : pgId(entry.account);
  await sql`insert into audit_leaf (tenant, at, leaf) values (${tenant}, ${entry.at}, ${Buffer.from(leaf)})`.execute(
    transaction,
  );
  return leaf;
}

/** The same for many at once. Invariant: they are numbered in the order in which they are given. */
export async function appendAudits<Schema>(
  transaction: Transaction<Schema>,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const tenants = entries.map(({ account }) => (account === "" ? null : pgId(account)));
  const times = entries.map(({ at }) => at);
  const makeId = idMaker(entries.length);
  const leaves = entries.map((entry) => Buffer.from(encodeAuditLeaf(entry, makeId(entry.at))));
  await sql`
    insert into audit_leaf (tenant, at, leaf)
    select tenant, at, leaf
    from unnest(${tenants}::uuid[], ${times}::bigint[], ${leaves}::bytea[]) with ordinality as given (tenant, at, leaf, place)
    order by place`.execute(transaction);
}
