import type { AuditLeafTable } from "@afterkeep/platform";
import { type Kysely, sql, type Transaction } from "kysely";
import type { StoredLeaf } from "./log-store.ts";

export type AuditSchema = { audit_leaf: AuditLeafTable };
/** A leaf that has its place. */
export type PlacedLeaf = StoredLeaf & { index: number };

/** Runs `work` alone among all auditors of this database. */
export async function asOnlySequencer<T>(
  db: Kysely<AuditSchema>,
  work: (transaction: Transaction<AuditSchema>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext('afterkeep audit sequence'))`.execute(transaction);
    return work(transaction);
  });
}

/**
 * Committed leaves without a place, oldest id first, at most `limit`.
 *
 * Why not "ids above the last one seen": ids are given out before commits, so a lower id can appear after a higher one was
 * sequenced, and would be skipped for ever. Every leaf without a place is taken instead, whenever it appears. The order stays
 * causal: a transaction that began after another's commit has a higher id, and whoever sees it sees the other too.
 */
export async function readWaiting(db: Kysely<AuditSchema>, limit: number): Promise<StoredLeaf[]> {
  const rows = await db
    .selectFrom("audit_leaf")
    .select(["id", "leaf"])
    .where("sequence_index", "is", null)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id, leaf }) => ({ leafId: id, data: leaf }));
}

/** Leaves with places in [from, from + count), in order. */
export async function readPlaced(db: Kysely<AuditSchema>, from: number, count: number): Promise<PlacedLeaf[]> {
  const rows = await db
    .selectFrom("audit_leaf")
    .select(["id", "leaf", "sequence_index"])
    .where("sequence_index", ">=", from)
    .where("sequence_index", "<", from + count)
    .orderBy("sequence_index")
    .execute();
  return rows.map(({ id, leaf, sequence_index }) => ({ leafId: id, data: leaf, index: sequence_index ?? -1 }));
}

/** Leaves by id, whether they have a place or not. */
export async function readByIds(db: Kysely<AuditSchema>, ids: number[]): Promise<Map<number, Uint8Array>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("audit_leaf").select(["id", "leaf"]).where("id", "in", ids).execute();
  return new Map(rows.map(({ id, leaf }) => [id, leaf]));
}

/** How many places the database has given out: one more than the highest. */
export async function placedSize(db: Kysely<AuditSchema>): Promise<number> {
  const row = await db
    .selectFrom("audit_leaf")
    .select(({ fn }) => fn.max("sequence_index").as("last"))
    .executeTakeFirst();
  return row?.last === null || row?.last === undefined ? 0 : row.last + 1;
}

/** Gives consecutive places from `first` on. Throws when one of the leaves is gone or has a place. */
export async function assignPlaces(db: Kysely<AuditSchema>, first: number, ids: number[]): Promise<void> {
  await sql`select audit_sequence(${first}, ${ids}::bigint[])`.execute(db);
}
