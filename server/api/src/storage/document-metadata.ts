import { pgId } from "@afterkeep/platform";
import { sql } from "kysely";
import type { Tx } from "../context/call.ts";
import type { DocumentKey, RevisionKey } from "./documents.ts";

export type Revision = RevisionKey & { metadata: Buffer };

export async function readMetadata(tx: Tx, { doc, ver, rev }: RevisionKey): Promise<Buffer | null> {
  const row = await tx
    .selectFrom("document_metadata")
    .select("metadata")
    .where("doc", "=", pgId(doc))
    .where("ver", "=", pgId(ver))
    .where("rev", "=", rev)
    .executeTakeFirst();
  return row?.metadata ?? null;
}

/** Every stored revision's number of these versions. */
export async function readRevs(tx: Tx, keys: readonly DocumentKey[]): Promise<RevisionKey[]> {
  const { rows } = await sql<RevisionKey>`
    select doc, ver, rev from unnest(${keys.map(({ doc }) => pgId(doc))}::uuid[], ${keys.map(({ ver }) => pgId(ver))}::uuid[]) as listed(doc, ver)
    join document_metadata using (doc, ver)`.execute(tx);
  return rows;
}

/**
 * Stores revisions. Why the newest wins: this runs only for a manifest that the keyholder took, and that one names these bytes; a
 * revision that is stored with other bytes was refused before.
 */
export async function insertRevisions(tx: Tx, tenant: string, revisions: readonly Revision[]): Promise<void> {
  if (revisions.length === 0) return;
  const docs = revisions.map(({ doc }) => pgId(doc));
  const vers = revisions.map(({ ver }) => pgId(ver));
  const revs = revisions.map(({ rev }) => rev);
  const metadata = revisions.map((one) => one.metadata);
  await sql`
    insert into document_metadata (tenant, doc, ver, rev, metadata)
    select ${pgId(tenant)}::uuid, d, v, r, m
    from unnest(${docs}::uuid[], ${vers}::uuid[], ${revs}::bigint[], ${metadata}::bytea[]) as fresh(d, v, r, m)
    on conflict (tenant, doc, ver, rev) do update set metadata = excluded.metadata`.execute(tx);
}

/** Removes revisions that no stored manifest and no open offer names, but for the newest of each version: it may be named next. */
export async function deleteUnnamedRevisions(tx: Tx): Promise<void> {
  const older = sql`exists (select from document_metadata newer where newer.doc = old.doc and newer.ver = old.ver and newer.rev > old.rev)`;
  // Why asked first: mostly there is none, and taking every list apart is the dear part.
  const { rows } = await sql`select from document_metadata old where ${older} limit 1`.execute(tx);
  if (rows.length === 0) return;
  await sql`
    with named as materialized (
      select d, v, r from manifest, unnest(docs, vers, revs) as n(d, v, r)
      union all select d, v, r from manifest_offer, unnest(docs, vers, revs) as n(d, v, r))
    delete from document_metadata old where ${older}
      and not exists (select from named where d = old.doc and v = old.ver and r = old.rev)`.execute(tx);
}
