import * as memory from "@afterkeep/platform/testing/memory";
import type { Kysely } from "kysely";
import type { Tx } from "../../context/call.ts";
import type { ApiTables } from "../../services.ts";
import { type MemoryTables, newTables } from "./memory-rows.ts";

export { DatabaseError } from "@afterkeep/platform/testing/memory";
export type MemoryTransaction = memory.MemoryTransaction<MemoryTables>;

/**
 * What statements and manifests need of the api's part of the database, in memory. The storage functions beside this file are the SQL of
 * ../../storage, written again over it; documents, sessions and links are outside.
 */
export class MemoryDatabase extends memory.MemoryDatabase<MemoryTables> {
  constructor() {
    // Why no time: none of these functions asks the database for it.
    super(newTables(), () => 0);
  }
}

/** One statement, in the transaction or, of a pool, in one of its own. */
export const statementIn: <Result>(
  where: Kysely<ApiTables> | Tx,
  work: (trx: MemoryTransaction) => Promise<Result>,
) => Promise<Result> = memory.statementOver;
