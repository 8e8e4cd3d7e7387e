import { DatabaseSync as RealDatabase, type StatementSync } from "node:sqlite";

/*
 * In place of node:sqlite for the keyholder's store in most simulated runs: the same SQLite, in memory, without waiting for a disk and
 * without locks. What is kept is the database itself, by its path; opening and closing are a process's beginning and end. A process that dies
 * loses what it did not commit, as ever; that a power cut loses no more is tested with the real one.
 */

type Kept = { readonly database: RealDatabase; readonly prepared: Map<string, StatementSync> };

const databases = new Map<string, Kept>();
const steps: ReadonlySet<string> = new Set(["begin immediate", "commit", "rollback"]);

export class DatabaseSync {
  isOpen = true;
  readonly #kept: Kept;

  constructor(path: string, options?: ConstructorParameters<typeof RealDatabase>[1]) {
    this.#kept = databases.get(path) ?? keepNew(path, new RealDatabase(":memory:", options));
    // Why not for whoever looks from outside: only the keyholder gives options, and only its beginning is the end of another.
    if (options !== undefined && this.#kept.database.isTransaction) this.exec("rollback");
  }

  get isTransaction(): boolean {
    return this.#kept.database.isTransaction;
  }

  exec(sql: string): void {
    if (!this.isOpen) throw new Error("the process that used this store has ended");
    if (steps.has(sql)) this.prepare(sql).run();
    else if (!sql.startsWith("pragma journal_mode") && !sql.startsWith("pragma wal_")) this.#kept.database.exec(sql);
  }

  prepare(sql: string): StatementSync {
    const known = this.#kept.prepared.get(sql) ?? this.#kept.database.prepare(sql);
    this.#kept.prepared.set(sql, known);
    return known;
  }

  close(): void {
    this.isOpen = false;
  }
}

/** A copy of the whole store, as it is between two commits. */
export function copyKeptStore(path: string): Uint8Array {
  const kept = databases.get(path);
  if (kept === undefined) throw new Error("there is no such store");
  return kept.database.serialize();
}

export function putKeptStore(path: string, copy: Uint8Array): void {
  forgetKeptStore(path);
  keepNew(path, new RealDatabase(":memory:", { enableForeignKeyConstraints: true })).database.deserialize(copy);
}

export function forgetKeptStore(path: string): void {
  databases.get(path)?.database.close();
  databases.delete(path);
}

function keepNew(path: string, database: RealDatabase): Kept {
  const kept = { database, prepared: new Map<string, StatementSync>() };
  databases.set(path, kept);
  return kept;
}
