import { pgId } from "@afterkeep/platform";
import { type Insertable, type Selectable, sql } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type DocumentRow = Selectable<ApiTables["document"]>;
export type DocumentKey = { doc: string; ver: string };

/** False when this version exists already. */
export async function insertDocument(tx: Tx, row: Insertable<ApiTables["document"]>): Promise<boolean> {
  const inserted = await tx
    .insertInto("document")
    .values({ ...row, tenant: pgId(row.tenant), doc: pgId(row.doc), ver: pgId(row.ver) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("doc")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function readDocument(tx: Tx, key: DocumentKey): Promise<DocumentRow | null> {
  const row = await tx
    .selectFrom("document")
    .selectAll()
    .where("doc", "=", pgId(key.doc))
    .where("ver", "=", pgId(key.ver))
    .executeTakeFirst();
  return row ?? null;
}

/** As readDocument, locked until the transaction ends. */
export async function lockDocument(tx: Tx, key: DocumentKey): Promise<DocumentRow | null> {
  const row = await tx
    .selectFrom("document")
    .selectAll()
    .where("doc", "=", pgId(key.doc))
    .where("ver", "=", pgId(key.ver))
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Committed documents after `after` in id order. */
export async function listCommitted(tx: Tx, after: string, limit: number): Promise<DocumentRow[]> {
  let query = tx.selectFrom("document").selectAll().where("state", "=", "committed");
  if (after !== "") query = query.where("doc", ">", pgId(after));
  return query.orderBy("doc").orderBy("ver").limit(limit).execute();
}

export async function noteObjectArrived(tx: Tx, key: DocumentKey, sha256: Buffer): Promise<void> {
  await tx
    .updateTable("document")
    .set({ object_sha256: sha256 })
    .where("doc", "=", pgId(key.doc))
    .where("ver", "=", pgId(key.ver))
    .execute();
}

/** Compare-and-swap of a header; the new revision, or null when it was another one than expected. */
export async function replaceHeader(
  tx: Tx,
  key: DocumentKey,
  change: { header: Buffer; expectedRev: number },
): Promise<number | null> {
  const row = await tx
    .updateTable("document")
    .set({ header: change.header, header_rev: change.expectedRev + 1 })
    .where("doc", "=", pgId(key.doc))
    .where("ver", "=", pgId(key.ver))
    .where("header_rev", "=", change.expectedRev)
    .returning("header_rev")
    .executeTakeFirst();
  return row?.header_rev ?? null;
}

/** How many of `keys` exist with a whole object, in one of `states`. */
export async function countReady(
  tx: Tx,
  keys: readonly DocumentKey[],
  states: readonly DocumentRow["state"][],
): Promise<number> {
  const counted = await tx
    .selectFrom("document")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("state", "in", states)
    .where("object_sha256", "is not", null)
    .where(listed(keys))
    .executeTakeFirstOrThrow();
  return counted.n;
}

/** What the vault's newest manifest names is committed; what it names no more is retired. */
export async function commitDocuments(tx: Tx, keys: readonly DocumentKey[]): Promise<void> {
  await tx
    .updateTable("document")
    .set({ state: "committed" })
    .where("state", "<>", "committed")
    .where(listed(keys))
    .execute();
  await tx
    .updateTable("document")
    .set({ state: "retired" })
    .where("state", "=", "committed")
    .where((e) => e.not(listed(keys)))
    .execute();
}

export async function readDocuments(tx: Tx, keys: readonly DocumentKey[]): Promise<DocumentRow[]> {
  return tx.selectFrom("document").selectAll().where(listed(keys)).orderBy("doc").orderBy("ver").execute();
}

/** Removes a version that was never committed; false when it was committed or is gone. */
export async function deletePending(tx: Tx, key: DocumentKey): Promise<boolean> {
  const deleted = await tx
    .deleteFrom("document")
    .where("state", "=", "pending")
    .where("doc", "=", pgId(key.doc))
    .where("ver", "=", pgId(key.ver))
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

// Two arrays instead of a list of pairs: one statement text and two parameters for any number of documents.
function listed(keys: readonly DocumentKey[]) {
  const docs = keys.map(({ doc }) => pgId(doc));
  const vers = keys.map(({ ver }) => pgId(ver));
  return sql<boolean>`(doc, ver) in (select d, v from unnest(${docs}::uuid[], ${vers}::uuid[]) as listed(d, v))`;
}
