import { pgId } from "@afterkeep/platform";
import type { Insertable, Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type AccountRow = Selectable<ApiTables["account"]>;
export type SlotRow = Selectable<ApiTables["account_slot"]>;

/** The tenant's own account; null when it does not exist. */
export async function readAccount(tx: Tx): Promise<AccountRow | null> {
  return (await tx.selectFrom("account").selectAll().executeTakeFirst()) ?? null;
}

/**
 * As readAccount, locked: two codes at once are judged one after the other. Why not forUpdate: every insert for an account shares its row by a foreign key, and one that had
 * written what the holder of this lock writes next would wait for it, and be waited for.
 */
export async function lockAccount(tx: Tx): Promise<AccountRow | null> {
  return (await tx.selectFrom("account").selectAll().forNoKeyUpdate().executeTakeFirst()) ?? null;
}

export async function readSlots(tx: Tx): Promise<SlotRow[]> {
  return tx.selectFrom("account_slot").selectAll().orderBy("kind").orderBy("slot_id").execute();
}

/** False when the address belongs to another account already. */
export async function insertAccount(tx: Tx, row: Insertable<ApiTables["account"]>): Promise<boolean> {
  const inserted = await tx
    .insertInto("account")
    .values({ ...row, id: pgId(row.id) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function insertSlots(
  tx: Tx,
  tenant: string,
  slots: readonly { kind: "opaque" | "kit"; slotId: string; epoch: number; wrapped: Buffer }[],
): Promise<void> {
  const rows = slots.map((slot) => ({
    tenant: pgId(tenant),
    slot_id: pgId(slot.slotId),
    kind: slot.kind,
    epoch: slot.epoch,
    wrapped: slot.wrapped,
  }));
  await tx.insertInto("account_slot").values(rows).execute();
}

export async function noteTotpAccepted(tx: Tx, step: number): Promise<void> {
  await tx.updateTable("account").set({ totp_last_step: step, totp_failures: 0, locked_until: 0 }).execute();
}

export async function noteTotpRefused(tx: Tx, failures: number, lockedUntil: number): Promise<void> {
  await tx.updateTable("account").set({ totp_failures: failures, locked_until: lockedUntil }).execute();
}

export async function markEmailVerified(tx: Tx): Promise<void> {
  await tx.updateTable("account").set({ email_verified: true }).execute();
}
