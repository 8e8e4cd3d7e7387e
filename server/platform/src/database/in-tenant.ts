import { type Kysely, sql, type Transaction } from "kysely";
import { pgId } from "./pg-id.ts";

export type TenantContext = {
  /** The tenant's id (22 characters). */
  tenant: string;
  /** Who acts (22 characters), null for the system itself. */
  actor: string | null;
};

/**
 * Runs `work` in one transaction that sees and writes only the tenant's rows: row-level security reads the settings
 * `ak.tenant` and `ak.actor`, which end with the transaction.
 */
export async function inTenant<Schema, Result>(
  db: Kysely<Schema>,
  context: TenantContext,
  work: (transaction: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  const tenant = pgId(context.tenant);
  const actor = context.actor === null ? "" : pgId(context.actor);
  return db.transaction().execute(async (transaction) => {
    await sql`select set_config('ak.tenant', ${tenant}, true), set_config('ak.actor', ${actor}, true)`.execute(
      transaction,
    );
    return work(transaction);
  });
}
