import { sql } from "kysely";
import type { ClockTransaction } from "../clock-parts.ts";

/** Remembers that the log tells of these orders of the operators; answers those that it did not tell of before. @param ids base64url */
export async function keepOrders(trx: ClockTransaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: Buffer }>`
    insert into told_order select * from unnest(${ids.map((id) => Buffer.from(id, "base64url"))}::bytea[])
    on conflict do nothing returning id`.execute(trx);
  return new Set(rows.map(({ id }) => id.toString("base64url")));
}
