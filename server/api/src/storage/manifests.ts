import { pgId } from "@afterkeep/platform";
import type { Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type ManifestRow = Selectable<ApiTables["manifest"]> & { jws: string };

/** As many manifests of one generation of a bequest are kept as the keyholder keeps hashes of. */
export const keptManifests = 16;

/** False when it is stored already. */
export async function insertManifest(tx: Tx, row: Selectable<ApiTables["manifest"]>): Promise<boolean> {
  const inserted = await tx
    .insertInto("manifest")
    .values({
      ...row,
      tenant: pgId(row.tenant),
      b: pgId(row.b),
      docs: row.docs.map(pgId),
      vers: row.vers.map(pgId),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("mseq")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Whether a signed manifest is stored. */
export async function isManifestStored(tx: Tx, statementId: Buffer): Promise<boolean> {
  const row = await tx.selectFrom("manifest").select("mseq").where("statement_id", "=", statementId).executeTakeFirst();
  return row !== undefined;
}

/** Keeps the newest manifests of one generation: another generation's count for themselves. */
export async function deleteOldManifests(tx: Tx, { b, g }: { b: string; g: number }): Promise<void> {
  const kept = tx
    .selectFrom("manifest")
    .select("mseq")
    .where("b", "=", pgId(b))
    .where("g", "=", g)
    .orderBy("mseq", "desc")
    .limit(keptManifests);
  await tx.deleteFrom("manifest").where("b", "=", pgId(b)).where("g", "=", g).where("mseq", "not in", kept).execute();
}

/** The newest `limit` manifests of b (of generation g where given), newest first. */
export async function readManifests(tx: Tx, which: { b: string; g?: number; limit: number }): Promise<ManifestRow[]> {
  let query = tx
    .selectFrom("manifest")
    .innerJoin("statement", (join) =>
      join.onRef("statement.tenant", "=", "manifest.tenant").onRef("statement.id", "=", "manifest.statement_id"),
    )
    .selectAll("manifest")
    .select("statement.jws")
    .where("b", "=", pgId(which.b));
  if (which.g !== undefined) query = query.where("g", "=", which.g);
  return query.orderBy("g", "desc").orderBy("mseq", "desc").limit(which.limit).execute();
}
