import { pgId } from "@afterkeep/platform";
import type { Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type SessionRow = Selectable<ApiTables["session"]>;
export type NewSession = Omit<SessionRow, "token_hash"> & { token_hash: Buffer };

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  const recipient = session.recipient === null ? null : pgId(session.recipient);
  await tx
    .insertInto("session")
    .values({ ...session, tenant: pgId(session.tenant), recipient })
    .execute();
}

export async function touchSession(tx: Tx, tokenHash: Buffer, nowMs: number): Promise<void> {
  await tx.updateTable("session").set({ seen_at: nowMs }).where("token_hash", "=", tokenHash).execute();
}

export async function deleteSession(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.deleteFrom("session").where("token_hash", "=", tokenHash).execute();
}
