import * as memory from "@afterkeep/platform/testing/memory";
import type { ClockDatabase, ClockTransaction } from "../../clock-parts.ts";
import { type MemoryTables, newTables } from "./memory-rows.ts";

export { DatabaseError } from "@afterkeep/platform/testing/memory";
export type MemoryTransaction = memory.MemoryTransaction<MemoryTables>;

/** The clock zone's part of the database in memory. The storage functions beside this file are the SQL of ../../storage, written again over it. */
export class MemoryDatabase extends memory.MemoryDatabase<MemoryTables> {
  constructor(nowMs: () => number) {
    super(newTables(), nowMs);
  }
}

/** One statement, in the transaction or, of a pool, in one of its own. */
export const statementIn: <Result>(
  where: ClockDatabase | ClockTransaction,
  work: (trx: MemoryTransaction) => Promise<Result>,
) => Promise<Result> = memory.statementOver;
