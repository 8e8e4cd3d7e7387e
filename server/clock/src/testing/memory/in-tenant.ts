import type { inTenant as real, TenantContext } from "@afterkeep/platform";
import { inMemory } from "./memory-database.ts";

export type { TenantContext };

/* In place of platform's in-tenant.ts where the database is in memory. */

export const inTenant: typeof real = async (db, { tenant }, work) =>
  db.transaction().execute(async (transaction) => {
    inMemory(transaction as never).tenant = tenant;
    return work(transaction);
  });

export function tenantSetting(): never {
  throw new Error("the clock zone sets no tenant in a single command");
}
