export {
  type ClientHooks,
  type DatabaseCopy,
  DatabaseError,
  MemoryClient,
  MemoryDatabase,
  MemoryTransaction,
  statementOver,
} from "./memory-database.ts";
export { Draw } from "./draw.ts";
export { isWaitingInMemory, isWaitingInPostgres } from "./is-waiting.ts";
export { MemoryTable } from "./memory-table.ts";
export { inTenant } from "./in-tenant.ts";
export { inTenants, seeTenants } from "./in-tenants.ts";
