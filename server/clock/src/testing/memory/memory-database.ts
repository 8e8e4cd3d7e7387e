import type { ClockDatabase, ClockTransaction } from "../../clock-parts.ts";
import type { Holder, MemoryTable } from "./memory-table.ts";
import { type MemoryTables, newTables } from "./memory-rows.ts";

/** What happens around the statements of one client: where a simulation lets processes die and connections break. */
export type ClientHooks = {
  /** Before each statement. Throws where the connection breaks or the process dies. */
  beforeStatement(): Promise<void>;
  /** Instead of a commit; calls `commit`, or does not, and throws where its fate does not come to be known. */
  onCommit(commit: () => void): Promise<void>;
};

type Undo = { readonly table: MemoryTable<object>; readonly key: string; readonly before: object | undefined };
export type DatabaseCopy = ReadonlyMap<string, ReadonlyMap<string, object>>;

const keptCommits = 64;
const unbroken: ClientHooks = { beforeStatement: async () => {}, onCommit: async (commit) => commit() };

/**
 * The clock zone's part of the database in memory, read-committed as PostgreSQL is: what a transaction wrote is seen by nobody else before
 * its commit, whoever wants a row that another one holds waits for it, and row-level security hides what no tenant setting names. The storage functions
 * beside this file are the SQL of ../../storage, written again over it; a test holds the two against each other.
 */
export class MemoryDatabase {
  readonly tables: MemoryTables = newTables();
  /** The database server's own clock, ms. */
  readonly nowMs: () => number;
  readonly #active = new Set<MemoryTransaction>();
  readonly #newest: (readonly Undo[])[] = [];
  #commits = 0;
  #kept = 0;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** A connection pool of one process. */
  client(hooks: ClientHooks = unbroken): MemoryClient {
    return new MemoryClient(this, hooks);
  }

  /** Grows with everything that changes what is committed. */
  get commits(): number {
    return this.#commits;
  }

  /** A sequence: what it gave out is not given again, whatever becomes of the transaction. */
  nextKept(): number {
    return ++this.#kept;
  }

  begin(client: MemoryClient): MemoryTransaction {
    const trx = new MemoryTransaction(this, client);
    this.#active.add(trx);
    return trx;
  }

  /** Ends every open transaction, as a server that restarts does. */
  abortAll(): void {
    for (const trx of this.#active) trx.end();
  }

  ended(trx: MemoryTransaction): void {
    this.#active.delete(trx);
  }

  abortOf(client: MemoryClient): void {
    for (const trx of this.#active) if (trx.client === client) trx.end();
  }

  committed(undo: readonly Undo[]): void {
    this.#commits++;
    this.#newest.push(undo);
    if (this.#newest.length > keptCommits) this.#newest.shift();
  }

  /** Another server takes over, to which the newest commits had not come. @returns how many it lost */
  failOver(commits: number): number {
    this.abortAll();
    this.#commits++;
    const lost = this.#newest.splice(Math.max(0, this.#newest.length - commits));
    for (const undo of lost.reverse()) for (const { table, key, before } of undo.toReversed()) table.put(key, before);
    return lost.length;
  }

  copy(): DatabaseCopy {
    return new Map(Object.values(this.tables).map((table) => [table.name, table.copy()]));
  }

  /** An old backup is put in place of the present database. */
  restore(copy: DatabaseCopy): void {
    this.abortAll();
    this.#commits++;
    this.#newest.length = 0;
    for (const table of Object.values(this.tables) as unknown as MemoryTable<object>[])
      table.restore(copy.get(table.name) ?? new Map());
  }
}

// Why it is safe: rows go back into the table that they came from.
const anyRows = <Row extends object>(table: MemoryTable<Row>) => table as unknown as MemoryTable<object>;

/** Stands where a Kysely database stands in the product; only the storage functions beside this file understand it. */
export class MemoryClient {
  readonly #database: MemoryDatabase;
  readonly hooks: ClientHooks;

  constructor(database: MemoryDatabase, hooks: ClientHooks) {
    this.#database = database;
    this.hooks = hooks;
  }

  get asDatabase(): ClockDatabase {
    return this as unknown as ClockDatabase;
  }

  transaction() {
    return {
      execute: async <Result>(work: (trx: ClockTransaction) => Promise<Result>): Promise<Result> =>
        this.run((trx) => work(trx as unknown as ClockTransaction)),
    };
  }

  async run<Result>(work: (trx: MemoryTransaction) => Promise<Result>): Promise<Result> {
    await this.hooks.beforeStatement();
    const trx = this.#database.begin(this);
    try {
      const result = await work(trx);
      await this.hooks.onCommit(() => trx.commit());
      return result;
    } finally {
      trx.end();
    }
  }

  /** The process is gone: what it had not committed is not there. */
  abort(): void {
    this.#database.abortOf(this);
  }
}

/** Errors are PostgreSQL's, in its words. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

export class MemoryTransaction implements Holder {
  readonly client: MemoryClient;
  readonly database: MemoryDatabase;
  /** The settings `ak.tenant` and `ak.tenants`. */
  tenant: string | null = null;
  tenants: ReadonlySet<string> = new Set();
  readonly #written = new Map<MemoryTable<object>, Map<string, object>>();
  readonly #held: { readonly table: MemoryTable<object>; readonly key: string }[] = [];
  #waitingFor: Holder | null = null;
  #isOver = false;
  #isFailed = false;
  readonly #end = Promise.withResolvers<void>();
  readonly over = this.#end.promise;

  constructor(database: MemoryDatabase, client: MemoryClient) {
    this.database = database;
    this.client = client;
  }

  get tables(): MemoryTables {
    return this.database.tables;
  }

  /** One statement; an error in it ends what can be done in the transaction. */
  async statement<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.client.hooks.beforeStatement();
    this.#requireOpen();
    if (this.#isFailed) throw new DatabaseError("current transaction is aborted");
    try {
      return await work();
    } catch (error) {
      this.#isFailed = true;
      throw error;
    }
  }

  /** Row-level security. */
  sees(tenant: string): boolean {
    return tenant === this.tenant || this.tenants.has(tenant);
  }

  /** Of tables that only one tenant at a time is seen of. */
  seesAlone(tenant: string): boolean {
    return tenant === this.tenant;
  }

  requireSeen(tenant: string, table: string): void {
    if (!this.sees(tenant)) throw new DatabaseError(`new row violates row-level security policy for table "${table}"`);
  }

  get<Row extends object>(table: MemoryTable<Row>, key: string): Row | undefined {
    const own = this.#written.get(anyRows(table))?.get(key);
    return own === undefined ? table.get(key) : (own as Row);
  }

  /** Every row that this transaction sees, row-level security aside. */
  *rows<Row extends object>(table: MemoryTable<Row>): Generator<[string, Row]> {
    const own = this.#written.get(anyRows(table));
    for (const [key, row] of table.entries()) yield [key, (own?.get(key) as Row | undefined) ?? row];
    for (const [key, row] of own ?? []) if (table.get(key) === undefined) yield [key, row as Row];
  }

  /** The same by an index. */
  rowsUnder<Row extends object>(table: MemoryTable<Row>, index: string, value: string): [string, Row][] {
    const own = this.#written.get(anyRows(table));
    const found: [string, Row][] = [];
    for (const key of table.under(index, value)) {
      const row = this.get(table, key);
      if (row !== undefined && table.isUnder(index, row, value)) found.push([key, row]);
    }
    for (const [key, row] of own ?? []) {
      if (table.isUnder(index, row as Row, value) && !table.under(index, value).has(key)) found.push([key, row as Row]);
    }
    return found;
  }

  /** Waits until nobody else holds that row, and holds it to the end. What was read of it before may be old by then. */
  async lock<Row extends object>(table: MemoryTable<Row>, key: string): Promise<void> {
    // Why looked at again: another one who waited may have been let on first.
    while (this.isHeldElsewhere(table, key)) await this.#outwait(table, key, () => true);
    this.take(table, key);
  }

  /** Whether an insert finds no row of that key. Waits only for one that is not committed yet, and then holds the place. */
  async isFree<Row extends object>(table: MemoryTable<Row>, key: string): Promise<boolean> {
    await this.#outwait(table, key, (holder) => holder.hasWritten(table, key));
    if (this.get(table, key) !== undefined) return false;
    await this.lock(table, key);
    return this.get(table, key) === undefined;
  }

  hasWritten(table: object, key: string): boolean {
    return this.#written.get(table as MemoryTable<object>)?.has(key) === true;
  }

  /** Waits as long as somebody else holds it. */
  async #outwait<Row extends object>(
    table: MemoryTable<Row>,
    key: string,
    isInTheWay: (holder: Holder) => boolean,
  ): Promise<void> {
    for (let holder = table.locks.get(key); holder !== undefined && holder !== this; holder = table.locks.get(key)) {
      if (!isInTheWay(holder)) return;
      if (holder.waitsFor(this)) throw new DatabaseError("deadlock detected");
      this.#waitingFor = holder;
      await holder.over;
      this.#waitingFor = null;
      this.#requireOpen();
    }
  }

  /** The same without waiting, of a row that nobody else holds: what SKIP LOCKED finds is held before anybody else runs. */
  take<Row extends object>(table: MemoryTable<Row>, key: string): void {
    // Why: a connection may end within a statement, and what it took after its end nobody would give back.
    this.#requireOpen();
    if (this.isHeldElsewhere(table, key)) throw new Error(`${table.name} ${key} is held by another transaction`);
    if (table.locks.has(key)) return;
    table.locks.set(key, this);
    this.#held.push({ table: anyRows(table), key });
  }

  /** Whether somebody else holds it: for SKIP LOCKED. */
  isHeldElsewhere<Row extends object>(table: MemoryTable<Row>, key: string): boolean {
    const holder = table.locks.get(key);
    return holder !== undefined && holder !== this;
  }

  waitsFor(asker: Holder): boolean {
    return this.#waitingFor === asker || (this.#waitingFor?.waitsFor(asker) ?? false);
  }

  /** Of a row that this transaction holds. */
  write<Row extends object>(table: MemoryTable<Row>, key: string, row: Row): void {
    if (table.locks.get(key) !== this) throw new Error(`${table.name} ${key} is written without being held`);
    const own = this.#written.get(anyRows(table)) ?? new Map<string, object>();
    this.#written.set(anyRows(table), own.set(key, row));
  }

  commit(): void {
    this.#requireOpen();
    if (this.#isFailed) throw new DatabaseError("current transaction is aborted");
    const undo: Undo[] = [];
    for (const [table, rows] of this.#written)
      for (const [key, row] of rows) undo.push({ table, key, before: table.put(key, row) });
    if (undo.length > 0) this.database.committed(undo);
    this.end();
  }

  /** Also for one that was not committed: then nothing of it is there. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { table, key } of this.#held) table.locks.delete(key);
    this.database.ended(this);
    this.#end.resolve();
  }

  #requireOpen(): void {
    if (this.#isOver) throw new DatabaseError("the connection was ended");
  }
}

/** The memory transaction behind what the product passes around. */
export function inMemory(trx: ClockTransaction): MemoryTransaction {
  const own: unknown = trx;
  if (!(own instanceof MemoryTransaction)) throw new Error("this is not a transaction in memory");
  return own;
}

/** One statement, in the transaction or, of a pool, in one of its own. */
export async function statementIn<Result>(
  where: ClockDatabase | ClockTransaction,
  work: (trx: MemoryTransaction) => Promise<Result>,
): Promise<Result> {
  const own: unknown = where;
  if (own instanceof MemoryClient) return own.run((trx) => work(trx));
  const trx = inMemory(where as ClockTransaction);
  return trx.statement(() => work(trx));
}
