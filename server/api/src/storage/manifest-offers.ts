import { pgId } from "@afterkeep/platform";
import { type Selectable, sql } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";
import type { DocumentKey } from "./documents.ts";

/** A signed manifest that the keyholder was asked about and whose answer we have not written down yet. */
export type OfferRow = Selectable<ApiTables["manifest_offer"]>;

/** The first offer of a statement stays: the lists beside it are not signed, and whoever sends it again must not change them. */
export async function insertOffer(tx: Tx, row: OfferRow): Promise<void> {
  await tx
    .insertInto("manifest_offer")
    .values({
      ...row,
      tenant: pgId(row.tenant),
      b: pgId(row.b),
      docs: row.docs.map(pgId),
      vers: row.vers.map(pgId),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function readOffer(tx: Tx, statementId: Buffer): Promise<OfferRow | null> {
  const query = tx.selectFrom("manifest_offer").selectAll().where("statement_id", "=", statementId);
  return (await query.executeTakeFirst()) ?? null;
}

export async function isOffered(tx: Tx, statementId: Buffer): Promise<boolean> {
  const query = tx.selectFrom("manifest_offer").select("mseq").where("statement_id", "=", statementId);
  return (await query.executeTakeFirst()) !== undefined;
}

/** How many offers of the vault (zero id) or of a bequest are open, in any generation. */
export async function countOffers(tx: Tx, b: string): Promise<number> {
  const counted = await tx
    .selectFrom("manifest_offer")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("b", "=", pgId(b))
    .executeTakeFirstOrThrow();
  return counted.n;
}

/** Keeps `offer` and the newest ones besides it, `kept` in all. */
export async function deleteOlderOffers(
  tx: Tx,
  offer: Pick<OfferRow, "b" | "statement_id">,
  kept: number,
): Promise<void> {
  const others = sql`manifest_offer where b = ${pgId(offer.b)} and statement_id <> ${offer.statement_id}`;
  await sql`delete from ${others} and statement_id not in (
    select statement_id from ${others} order by offered_at desc, mseq desc limit ${kept - 1})`.execute(tx);
}

/** Removes the offer of one statement. */
export async function deleteOffer(tx: Tx, statementId: Buffer): Promise<void> {
  await tx.deleteFrom("manifest_offer").where("statement_id", "=", statementId).execute();
}

/** Removes what was offered for a place up to `mseq`: that or a newer manifest of it is stored. */
export async function deleteOffersUpTo(tx: Tx, { b, g, mseq }: Pick<OfferRow, "b" | "g" | "mseq">): Promise<void> {
  await tx.deleteFrom("manifest_offer").where("b", "=", pgId(b)).where("g", "=", g).where("mseq", "<=", mseq).execute();
}

/** Removes what was offered before `before` (real ms). */
export async function deleteOffersBefore(tx: Tx, before: number): Promise<void> {
  await tx.deleteFrom("manifest_offer").where("offered_at", "<", before).execute();
}

/** Whether an open offer names this version: it may be signed for and accepted already, so it must stay. */
export async function isVersionOffered(tx: Tx, { doc, ver }: DocumentKey): Promise<boolean> {
  const { rows } = await sql`
    select from manifest_offer where ${pgId(ver)}::uuid = any (vers)
      and (${pgId(doc)}::uuid, ${pgId(ver)}::uuid) in (select d, v from unnest(docs, vers) as named(d, v)) limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}
