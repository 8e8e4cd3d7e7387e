import { DatabaseSync as RealDatabase, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { KeptReads, prepare, type Scope, Writes } from "./kept-reads.ts";

/*
 * In place of node:sqlite for the keyholder's store in most simulated runs: the same SQLite, in memory, without waiting for a disk and
 * without locks. What is kept is the database itself, by its path; opening and closing are a process's beginning and end. A process that dies
 * loses what it did not commit, as ever; that a power cut loses no more is tested with the real one.
 */

type Row = Record<string, SQLOutputValue>;
type Kept = { readonly database: RealDatabase; readonly prepared: Map<string, Statement>; readonly writes: Writes };

const databases = new Map<string, Kept>();
const steps: ReadonlySet<string> = new Set(["begin", "begin immediate", "commit", "rollback"]);

export class DatabaseSync {
  isOpen = true;
  /** Whether the present transaction only reads. */
  #isLook = false;
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
    const isUndoing = sql === "rollback" && !this.#isLook;
    if (isUndoing || !steps.has(sql)) this.#kept.writes.undone();
    this.#isLook = sql === "begin";
    if (steps.has(sql)) this.prepare(sql).run();
    else if (!sql.startsWith("pragma journal_mode") && !sql.startsWith("pragma wal_")) this.#kept.database.exec(sql);
  }

  prepare(sql: string): Statement {
    const known = this.#kept.prepared.get(sql) ?? new Statement(this.#kept, sql);
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
  readonly #scope: Scope;
  readonly #writes: Writes;
  readonly #found = new KeptReads<Row | undefined>();
  readonly #listed = new KeptReads<readonly Row[]>();
  #columns: readonly string[] | null = null;

  constructor({ database, writes }: Kept, sql: string) {
    const { statement, scope } = prepare(database, sql);
    statement.setReturnArrays(true);
    this.#real = statement;
    this.#scope = scope;
    this.#writes = writes;
  }

  run(...values: SQLInputValue[]): ReturnType<StatementSync["run"]> {
    const result = this.#real.run(...values);
    if (result.changes !== 0) this.#writes.wrote(this.#scope, values);
    return result;
  }

  get(...values: SQLInputValue[]): Row | undefined {
    if (this.#scope.isRead) return this.#found.read(this.#seen(values), values, () => this.#get(values));
    this.#writes.wrote(this.#scope, values);
    return this.#get(values);
  }

  all(...values: SQLInputValue[]): readonly Row[] {
    if (this.#scope.isRead) return this.#listed.read(this.#seen(values), values, () => this.#all(values));
    this.#writes.wrote(this.#scope, values);
    return this.#all(values);
  }

  #seen(values: readonly SQLInputValue[]): number {
    return this.#writes.seenBy(this.#scope, values);
  }

  #get(values: readonly SQLInputValue[]): Row | undefined {
    const found = this.#real.get(...values) as SQLOutputValue[] | undefined;
    return found === undefined ? undefined : this.#toRow(found);
  }

  #all(values: readonly SQLInputValue[]): Row[] {
    const found = this.#real.all(...values) as unknown as SQLOutputValue[][];
    return found.map((row) => this.#toRow(row));
  }

  #toRow(values: readonly SQLOutputValue[]): Row {
    this.#columns ??= this.#real.columns().map(({ name }) => name);
    if (this.#columns.length !== values.length) throw new Error("this statement's columns have changed");
    const row: Row = {};
    this.#columns.forEach((name, index) => (row[name] = values[index] ?? null));
    return Object.freeze(row);
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
  databases.get(path)?.writes.undone();
  databases.get(path)?.database.close();
  databases.delete(path);
}

function keepNew(path: string, database: RealDatabase): Kept {
  const kept = { database, prepared: new Map<string, Statement>(), writes: new Writes() };
  databases.set(path, kept);
  return kept;
}
