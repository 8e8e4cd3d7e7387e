import { pgId } from "@afterkeep/platform";
import { type Insertable, type Selectable, sql } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

/** A version without its header, which may be large. */
export type DocumentFacts = Pick<
  Selectable<ApiTables["document"]>,
  "doc" | "ver" | "state" | "payload_len" | "object_len" | "object_sha256"
>;
/** A version with one revision of its metadata. */
export type DocumentRow = Selectable<ApiTables["document"]> & { rev: number; metadata: Buffer };
export type DocumentKey = { doc: string; ver: string };
export type RevisionKey = DocumentKey & { rev: number };
/** A version with the revision of its header that somebody verified. */
export type HeaderKey = DocumentKey & { headerRev: number };

const facts = ["doc", "ver", "state", "payload_len", "object_len", "object_sha256"] as const;

export async function insertDocument(tx: Tx, row: Insertable<ApiTables["document"]>): Promise<void> {
  await tx
    .insertInto("document")
    .values({ ...row, tenant: pgId(row.tenant), doc: pgId(row.doc), ver: pgId(row.ver) })
    .execute();
}

export async function readDocument(tx: Tx, key: DocumentKey): Promise<DocumentFacts | null> {
  return (await tx.selectFrom("document").select(facts).where(isVersion(key)).executeTakeFirst()) ?? null;
}

/** As readDocument, locked until the transaction ends. */
export async function lockDocument(tx: Tx, key: DocumentKey): Promise<DocumentFacts | null> {
  return (await tx.selectFrom("document").select(facts).where(isVersion(key)).forUpdate().executeTakeFirst()) ?? null;
}

/** These revisions in order of (doc, ver, rev); what is missing of them is left out. */
export async function readRevisions(tx: Tx, keys: readonly RevisionKey[]): Promise<DocumentRow[]> {
  const docs = keys.map(({ doc }) => pgId(doc));
  const vers = keys.map(({ ver }) => pgId(ver));
  const revs = keys.map(({ rev }) => rev);
  const named = sql`select d as doc, v as ver, r as rev
    from unnest(${docs}::uuid[], ${vers}::uuid[], ${revs}::bigint[]) as named(d, v, r)`;
  const { rows } = await sql<DocumentRow>`
    select document.*, rev, metadata from (${named}) as entry join document using (doc, ver) join document_metadata using (doc, ver, rev)
    order by doc, ver, rev`.execute(tx);
  return rows;
}

/** What the newest vault manifest names, after (`doc`, `ver`) in that order; after all versions of `doc` where `ver` is empty. */
export async function listVault(tx: Tx, after: DocumentKey, limit: number): Promise<DocumentRow[]> {
  const from = after.doc === "" ? sql`true` : afterKey(after);
  const { rows } = await sql<DocumentRow>`
    with newest as (
      select docs, vers, revs from manifest where b = '00000000-0000-0000-0000-000000000000' order by g desc, mseq desc limit 1
    ), entry as (
      select d as doc, v as ver, r as rev from newest, unnest(docs, vers, revs) as named(d, v, r)
      where ${from} order by d, v limit ${limit}
    )
    select document.*, rev, metadata from entry join document using (doc, ver) join document_metadata using (doc, ver, rev)
    order by doc, ver`.execute(tx);
  return rows;
}

function afterKey({ doc, ver }: DocumentKey) {
  return ver === "" ? sql`d > ${pgId(doc)}::uuid` : sql`(d, v) > (${pgId(doc)}::uuid, ${pgId(ver)}::uuid)`;
}

/** The whole object is on the disk. */
export async function noteObjectArrived(tx: Tx, key: DocumentKey, sha256: Buffer): Promise<void> {
  await tx.updateTable("document").set({ object_sha256: sha256 }).where(isVersion(key)).execute();
}

/** Something of this version arrived at `now` (real ms). */
export async function touchDocument(tx: Tx, key: DocumentKey, now: number): Promise<void> {
  await tx.updateTable("document").set({ touched_at: now }).where(isVersion(key)).execute();
}

/** Compare-and-swap of a header; what was confirmed last is kept. The new revision, or null when it was another one than expected. */
export async function replaceHeader(
  tx: Tx,
  key: DocumentKey,
  change: { header: Buffer; expectedRev: number },
): Promise<number | null> {
  const row = await tx
    .updateTable("document")
    .set((e) => ({
      header: change.header,
      header_rev: change.expectedRev + 1,
      confirmed_header: e.fn.coalesce("confirmed_header", "header"),
    }))
    .where(isVersion(key))
    .where("header_rev", "=", change.expectedRev)
    .returning("header_rev")
    .executeTakeFirst();
  return row?.header_rev ?? null;
}

/** The present header of each is confirmed, unless it is another revision than the one that was verified. */
export async function confirmHeaders(tx: Tx, verified: readonly HeaderKey[]): Promise<void> {
  await sql`
    update document set confirmed_header = null from ${headersOf(verified)}
    where confirmed_header is not null and doc = d and ver = v and header_rev = r`.execute(tx);
}

/** How many of these versions have another header than the one that was verified. */
export async function countOtherHeaders(tx: Tx, verified: readonly HeaderKey[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from document join ${headersOf(verified)} on doc = d and ver = v where header_rev <> r`.execute(
    tx,
  );
  return rows[0]?.n ?? 0;
}

function headersOf(verified: readonly HeaderKey[]) {
  const docs = verified.map(({ doc }) => pgId(doc));
  const vers = verified.map(({ ver }) => pgId(ver));
  const revs = verified.map(({ headerRev }) => headerRev);
  return sql`unnest(${docs}::uuid[], ${vers}::uuid[], ${revs}::bigint[]) as verified(d, v, r)`;
}

/** How many of `keys` exist with a whole object, in one of `states`. */
export async function countReady(
  tx: Tx,
  keys: readonly DocumentKey[],
  states: readonly DocumentFacts["state"][],
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

/** Counts the time until they would be removed from `now` on (real ms): somebody is about to commit these. */
export async function postponeRemoval(tx: Tx, keys: readonly DocumentKey[], now: number): Promise<void> {
  await tx
    .updateTable("document")
    .set((e) => ({ touched_at: now, retired_at: e.case().when("state", "=", "retired").then(now).else(null).end() }))
    .where("state", "<>", "committed")
    .where(listed(keys))
    .execute();
}

/** What the vault's newest manifest names is committed; what it names no more is retired, since `now` (real ms). */
export async function commitDocuments(tx: Tx, keys: readonly DocumentKey[], now: number): Promise<void> {
  await tx
    .updateTable("document")
    .set({ state: "committed", retired_at: null })
    .where("state", "<>", "committed")
    .where(listed(keys))
    .execute();
  await tx
    .updateTable("document")
    .set({ state: "retired", retired_at: now })
    .where("state", "=", "committed")
    .where((e) => e.not(listed(keys)))
    .execute();
}

/** What a version costs besides its bytes: rows, folders, part files that end within a block. */
export const bytesPerVersion = 65_536;

/** Bytes that an account takes once all of its objects have arrived, with what stands beside them, and how many versions are pending. */
export async function readUsage(tx: Tx): Promise<{ bytes: number; pending: number }> {
  const { rows } = await sql<{ bytes: number; pending: number }>`
    select coalesce(sum(object_len + octet_length(header) + coalesce(octet_length(confirmed_header), 0) + ${bytesPerVersion}), 0)::bigint
      + (select coalesce(sum(octet_length(metadata)), 0) from document_metadata)::bigint
      + (select coalesce(sum(size), 0) from manifest_offer)::bigint as bytes,
      count(*) filter (where state = 'pending') as pending from document`.execute(tx);
  return rows[0] ?? { bytes: 0, pending: 0 };
}

/** Removes a version that was never committed, with its parts' and its metadata's rows; false when it was committed or is gone. */
export async function deletePending(tx: Tx, key: DocumentKey): Promise<boolean> {
  const deleted = await tx
    .deleteFrom("document")
    .where("state", "=", "pending")
    .where(isVersion(key))
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

/**
 * Removes a version that nobody touched since `pending`, or that was retired before `retired` and no bequest's manifest names; under the
 * account's lock, and never one that an open offer names.
 */
export async function deleteStale(
  tx: Tx,
  key: DocumentKey,
  before: { pending: number; retired: number },
): Promise<boolean> {
  const { rows } = await sql`
    delete from document where doc = ${pgId(key.doc)} and ver = ${pgId(key.ver)} and (
      (state = 'pending' and touched_at < ${before.pending}) or
      (state = 'retired' and retired_at < ${before.retired} and not exists (
        select from manifest where b <> '00000000-0000-0000-0000-000000000000' and ${namesVersion})))
      and not exists (select from manifest_offer where ${namesVersion})
    returning doc`.execute(tx);
  return rows.length === 1;
}

const namesVersion = sql`document.ver = any (vers)
  and (document.doc, document.ver) in (select d, v from unnest(docs, vers) as named(d, v))`;

/** The keys of every version of the account, in any state. */
export async function readKeys(tx: Tx): Promise<DocumentKey[]> {
  return tx.selectFrom("document").select(["doc", "ver"]).execute();
}

function isVersion({ doc, ver }: DocumentKey) {
  return sql<boolean>`document.doc = ${pgId(doc)} and document.ver = ${pgId(ver)}`;
}

// Two arrays instead of a list of pairs: one statement text and two parameters for any number of documents.
function listed(keys: readonly DocumentKey[]) {
  const docs = keys.map(({ doc }) => pgId(doc));
  const vers = keys.map(({ ver }) => pgId(ver));
  return sql<boolean>`(doc, ver) in (select d, v from unnest(${docs}::uuid[], ${vers}::uuid[]) as listed(d, v))`;
}
