import { DatabaseSync as RealDatabase, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

/*
 * In place of node:sqlite for the keyholder's store in most simulated runs: the same SQLite, in memory, without waiting for a disk and
 * without locks. What is kept is the database itself, by its path; opening and closing are a process's beginning and end. A process that dies
 * loses what it did not commit, as ever; that a power cut loses no more is tested with the real one.
 */

type Row = Record<string, SQLOutputValue>;
type Kept = { readonly database: RealDatabase; readonly prepared: Map<string, Statement> };

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

  prepare(sql: string): Statement {
    const known = this.#kept.prepared.get(sql) ?? new Statement(this.#kept.database.prepare(sql));
    this.#kept.prepared.set(sql, known);
    return known;
  }

  close(): void {
    this.isOpen = false;
  }
}

/** A prepared statement. Why rows are made here: objects that the engine knows the shape of cost everybody who reads them a third. */
class Statement {
  readonly #real: StatementSync;
  #columns: readonly string[] | null = null;

  constructor(real: StatementSync) {
    real.setReturnArrays(true);
    this.#real = real;
  }

  run(...values: SQLInputValue[]): ReturnType<StatementSync["run"]> {
    return this.#real.run(...values);
  }

  get(...values: SQLInputValue[]): Row | undefined {
    const found = this.#real.get(...values) as SQLOutputValue[] | undefined;
    return found === undefined ? undefined : this.#toRow(found);
  }

  all(...values: SQLInputValue[]): Row[] {
    const found = this.#real.all(...values) as unknown as SQLOutputValue[][];
    return found.map((row) => this.#toRow(row));
  }

  #toRow(values: readonly SQLOutputValue[]): Row {
    this.#columns ??= this.#real.columns().map(({ name }) => name);
    if (this.#columns.length !== values.length) throw new Error("this statement's columns have changed");
    const row: Row = {};
    this.#columns.forEach((name, index) => (row[name] = values[index] ?? null));
    return row;
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
  const kept = { database, prepared: new Map<string, Statement>() };
  databases.set(path, kept);
  return kept;
}
