import type { inTenant as real, TenantContext } from "../../database/in-tenant.ts";
import { inMemory } from "./memory-database.ts";

export type { TenantContext };

/* In place of platform's in-tenant.ts where the database is in memory. */

export const inTenant: typeof real = async (db, { tenant }, work) =>
  db.transaction().execute(async (transaction) => {
    inMemory(transaction).tenant = tenant;
    return work(transaction);
  });

export function tenantSetting(): never {
  throw new Error("a single command that sets its tenant is written again whole");
}
