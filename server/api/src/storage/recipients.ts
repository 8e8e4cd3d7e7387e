import { pgId } from "@afterkeep/platform";
import type { Insertable, Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type RecipientRow = Selectable<ApiTables["recipient"]>;

/** False when `r` exists already. */
export async function insertRecipient(tx: Tx, row: Insertable<ApiTables["recipient"]>): Promise<boolean> {
  const inserted = await tx
    .insertInto("recipient")
    .values({ ...row, tenant: pgId(row.tenant), r: pgId(row.r) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("r")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function readRecipient(tx: Tx, r: string): Promise<RecipientRow | null> {
  return (await tx.selectFrom("recipient").selectAll().where("r", "=", pgId(r)).executeTakeFirst()) ?? null;
}

export async function lockRecipient(tx: Tx, r: string): Promise<RecipientRow | null> {
  return (await tx.selectFrom("recipient").selectAll().where("r", "=", pgId(r)).forUpdate().executeTakeFirst()) ?? null;
}

export async function listRecipientRows(tx: Tx): Promise<RecipientRow[]> {
  return tx.selectFrom("recipient").selectAll().orderBy("created_at").orderBy("r").limit(1000).execute();
}

export async function countRecipients(tx: Tx): Promise<number> {
  const counted = await tx
    .selectFrom("recipient")
    .select((e) => e.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return counted.n;
}

export async function storeRecipientKey(
  tx: Tx,
  r: string,
  key: { ageKey: string; slot: string | null },
): Promise<void> {
  await tx
    .updateTable("recipient")
    .set({ state: "accepted", age_key: key.ageKey, slot: key.slot, key_open: false })
    .where("r", "=", pgId(r))
    .execute();
}

/** The next key that this recipient leaves replaces the present one. The address gets another chance too. */
export async function reopenRecipient(tx: Tx, r: string): Promise<void> {
  await tx.updateTable("recipient").set({ key_open: true, bounced: false }).where("r", "=", pgId(r)).execute();
}
