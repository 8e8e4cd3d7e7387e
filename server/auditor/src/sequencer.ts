import { equalBytes } from "@afterkeep/bytes";
import type { Kysely, Transaction } from "kysely";
import { compareLeaves } from "./compare-leaves.ts";
import {
  asOnlySequencer,
  assignPlaces,
  type AuditSchema,
  placedSize,
  readByIds,
  readPlaced,
  readWaiting,
} from "./leaf-database.ts";
import type { LogStore } from "./log-store.ts";

/** The database does not hold what the tree was built from. `code` says in which way. */
export class LogMismatch extends Error {
  readonly code: "database-rolled-back" | "database-ahead" | "leaf-altered";

  constructor(code: LogMismatch["code"]) {
    super(code);
    this.name = "LogMismatch";
    this.code = code;
  }
}

/** How many leaves one turn takes at most. Why so many: each turn ends with tiles, a head and a flush of its own. Why no more: the auditor answers nobody meanwhile. */
export const batch = 4000;
const tail = 64;

/**
 * Takes committed leaves into the tree, at most a batch; answers how many. Order of writing: own store first, then the places
 * in the database. A crash in between leaves the store ahead, and the next call finishes the places. Throws LogMismatch when
 * the database lost, changed or gained sequenced leaves.
 */
export async function sequence(db: Kysely<AuditSchema>, store: LogStore): Promise<number> {
  return asOnlySequencer(db, async (transaction) => {
    await finishPlaces(transaction, store);
    await checkTail(transaction, store);
    const waiting = await readWaiting(transaction, batch);
    if (waiting.length === 0) return 0;
    // Why: a leaf that is in the tree and waits again lost its place, by somebody's hand.
    if (waiting.some(({ leafId }) => store.hasLeaf(leafId))) throw new LogMismatch("leaf-altered");
    const first = store.size();
    store.append(waiting);
    await assignPlaces(
      transaction,
      first,
      waiting.map(({ leafId }) => leafId),
    );
    return waiting.length;
  });
}

async function finishPlaces(transaction: Transaction<AuditSchema>, store: LogStore): Promise<void> {
  const [placed, size] = [await placedSize(transaction), store.size()];
  if (placed > size) throw new LogMismatch("database-ahead");
  if (placed === size) return;
  const kept = Array.from({ length: size - placed }, (_, offset) => store.leafAt(placed + offset));
  const ids = kept.map((leaf) => leaf?.leafId ?? -1);
  const found = await readByIds(transaction, ids);
  for (const leaf of kept) {
    const data = leaf === null ? undefined : found.get(leaf.leafId);
    if (leaf === null || data === undefined || !equalBytes(data, leaf.data))
      throw new LogMismatch("database-rolled-back");
  }
  await assignPlaces(transaction, placed, ids);
}

// Cheap at every turn, because a database that was rolled back and went on differs at its end first.
async function checkTail(transaction: Transaction<AuditSchema>, store: LogStore): Promise<void> {
  const from = Math.max(0, store.size() - tail);
  await checkWindow(transaction, store, from, store.size() - from);
}

/** Compares a window of sequenced leaves with the store. Throws LogMismatch `leaf-altered`. */
export async function checkWindow(
  db: Kysely<AuditSchema>,
  store: LogStore,
  from: number,
  count: number,
): Promise<void> {
  if (compareLeaves(store, from, count, await readPlaced(db, from, count)).length > 0)
    throw new LogMismatch("leaf-altered");
}
