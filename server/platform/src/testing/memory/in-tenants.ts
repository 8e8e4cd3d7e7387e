import type { inTenants as realInTenants, seeTenants as realSeeTenants } from "../../database/in-tenants.ts";
import { inMemory } from "./memory-database.ts";

/* In place of platform's in-tenants.ts where the database is in memory. */

export const seeTenants: typeof realSeeTenants = async (transaction, tenants) => {
  const trx = inMemory(transaction);
  await trx.statement(async () => {
    trx.tenants = new Set(tenants);
  });
};

export const inTenants: typeof realInTenants = async (db, tenants, work) =>
  db.transaction().execute(async (transaction) => {
    await seeTenants(transaction, tenants);
    return work(transaction);
  });
