import { pgId } from "@afterkeep/platform";
import type { Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type TicketRow = Selectable<ApiTables["ticket"]>;

export async function insertTicket(tx: Tx, ticket: Omit<TicketRow, "attempts">): Promise<void> {
  await tx
    .insertInto("ticket")
    .values({ ...ticket, tenant: pgId(ticket.tenant) })
    .execute();
}

/** Counts one attempt and gives the ticket; null when it is unknown, of another purpose or over. */
export async function useTicket(
  tx: Tx,
  ticket: { hash: Buffer; purpose: TicketRow["purpose"]; nowMs: number; attemptsAtMost: number },
): Promise<TicketRow | null> {
  const used = await tx
    .updateTable("ticket")
    .set((expression) => ({ attempts: expression("attempts", "+", 1) }))
    .where("token_hash", "=", ticket.hash)
    .where("purpose", "=", ticket.purpose)
    .where("expires_at", ">", ticket.nowMs)
    .where("attempts", "<", ticket.attemptsAtMost)
    .returningAll()
    .executeTakeFirst();
  return used ?? null;
}

/** Ends a ticket; false when another call ended it first. */
export async function endTicket(tx: Tx, hash: Buffer): Promise<boolean> {
  const ended = await tx.deleteFrom("ticket").where("token_hash", "=", hash).executeTakeFirst();
  return ended.numDeletedRows === 1n;
}
