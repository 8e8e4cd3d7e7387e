import { type Kysely, sql, type Transaction } from "kysely";
import { pgId } from "./pg-id.ts";

/**
 * From here to its end the transaction sees and writes the rows of these tenants and of no other. Only for the clock zone's role, whose
 * policies ask for it.
 */
export async function seeTenants<Schema>(transaction: Transaction<Schema>, tenants: Iterable<string>): Promise<void> {
  const list = [...new Set(tenants)].map(pgId).join(",");
  await sql`select set_config('ak.tenants', ${list}, true)`.execute(transaction);
}

/** As `inTenant`, for several. */
export async function inTenants<Schema, Result>(
  db: Kysely<Schema>,
  tenants: Iterable<string>,
  work: (transaction: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    await seeTenants(transaction, tenants);
    return work(transaction);
  });
}
