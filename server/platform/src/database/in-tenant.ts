import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import { pgId } from "./pg-id.ts";

export type TenantContext = {
  /** The tenant's id (22 characters). */
  tenant: string;
  /** Who acts (22 characters), null for the system itself. */
  actor: string | null;
};

/**
 * From here to its end the transaction sees and writes only the tenant's rows. Also the first part of a single command, which is a transaction of
 * its own: what it writes must then be read from this, or it comes before it and row-level security refuses it.
 */
export function tenantSetting({ tenant, actor }: TenantContext): RawBuilder<unknown> {
  const actorOrNone = actor === null ? "" : pgId(actor);
  return sql`select set_config('ak.tenant', ${pgId(tenant)}, true), set_config('ak.actor', ${actorOrNone}, true)`;
}

/**
 * Runs `work` in one transaction that sees and writes only the tenant's rows: row-level security reads the settings
 * `ak.tenant` and `ak.actor`, which end with the transaction.
 */
export async function inTenant<Schema, Result>(
  db: Kysely<Schema>,
  context: TenantContext,
  work: (transaction: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    await tenantSetting(context).execute(transaction);
    return work(transaction);
  });
}
