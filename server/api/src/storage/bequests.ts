import { pgId } from "@afterkeep/platform";
import type { Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type BequestRow = Selectable<ApiTables["bequest"]>;

/** False when `b` exists already. */
export async function insertBequest(
  tx: Tx,
  row: { tenant: string; b: string; label: Buffer; created_at: number },
): Promise<boolean> {
  const inserted = await tx
    .insertInto("bequest")
    .values({ ...row, tenant: pgId(row.tenant), b: pgId(row.b) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("b")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function readBequest(tx: Tx, b: string): Promise<BequestRow | null> {
  return (await tx.selectFrom("bequest").selectAll().where("b", "=", pgId(b)).executeTakeFirst()) ?? null;
}

export async function listBequestRows(tx: Tx): Promise<BequestRow[]> {
  return tx.selectFrom("bequest").selectAll().orderBy("created_at").orderBy("b").limit(1000).execute();
}

export async function countBequests(tx: Tx): Promise<number> {
  const counted = await tx
    .selectFrom("bequest")
    .select((e) => e.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return counted.n;
}
