import type { Kysely } from "kysely";
import type { Holder, MemoryTable } from "./memory-table.ts";

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
 * One zone's part of the database in memory, read-committed as PostgreSQL is: what a transaction wrote is seen by nobody else before
 * its commit, whoever wants a row that another one holds waits for it, and row-level security hides what no tenant setting names. A zone's storage
 * functions are written again over it in its own testing/memory; a test holds the two against each other.
 */
export class MemoryDatabase<Tables extends object> {
  readonly tables: Tables;
  /** The database server's own clock, ms. */
  readonly nowMs: () => number;
  readonly #active = new Set<MemoryTransaction<Tables>>();
  readonly #newest: (readonly Undo[])[] = [];
  #commits = 0;
  #kept = 0;

  constructor(tables: Tables, nowMs: () => number) {
    this.tables = tables;
    this.nowMs = nowMs;
  }

  /** A connection pool of one process. */
  client(hooks: ClientHooks = unbroken): MemoryClient<Tables> {
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

  begin(client: MemoryClient<Tables>): MemoryTransaction<Tables> {
    const trx = new MemoryTransaction(this, client);
    this.#active.add(trx);
    return trx;
  }

  /** Ends every open transaction, as a server that restarts does. */
  abortAll(): void {
    for (const trx of this.#active) trx.end();
  }

  ended(trx: MemoryTransaction<Tables>): void {
    this.#active.delete(trx);
  }

  abortOf(client: MemoryClient<Tables>): void {
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
    return new Map(this.#all().map((table) => [table.name, table.copy()]));
  }

  /** An old backup is put in place of the present database. */
  restore(copy: DatabaseCopy): void {
    this.abortAll();
    this.#commits++;
    this.#newest.length = 0;
    for (const table of this.#all()) table.restore(copy.get(table.name) ?? new Map());
  }

  #all(): MemoryTable<object>[] {
    return Object.values(this.tables);
  }
}

/** Stands in what a transaction wrote for a row that it removed. */
const removed = {};

// Why it is safe: rows go back into the table that they came from.
const anyRows = <Row extends object>(table: MemoryTable<Row>) => table as unknown as MemoryTable<object>;

/** Stands where a Kysely database stands in the product; only the storage functions beside this file understand it. */
export class MemoryClient<Tables extends object> {
  readonly #database: MemoryDatabase<Tables>;
  readonly hooks: ClientHooks;

  constructor(database: MemoryDatabase<Tables>, hooks: ClientHooks) {
    this.#database = database;
    this.hooks = hooks;
  }

  /** As the product is handed its database. */
  asDatabase<Schema>(): Kysely<Schema> {
    return this as unknown as Kysely<Schema>;
  }

  transaction() {
    return {
      execute: async <Result>(work: (trx: MemoryTransaction<Tables>) => Promise<Result>): Promise<Result> =>
        this.run(work),
    };
  }

  async run<Result>(work: (trx: MemoryTransaction<Tables>) => Promise<Result>): Promise<Result> {
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

export class MemoryTransaction<Tables extends object> implements Holder {
  readonly client: MemoryClient<Tables>;
  readonly database: MemoryDatabase<Tables>;
  /** The settings `ak.tenant` and `ak.tenants`. */
  tenant: string | null = null;
  tenants: ReadonlySet<string> = new Set();
  readonly #written = new Map<MemoryTable<object>, Map<string, object>>();
  readonly #held: { readonly table: MemoryTable<object>; readonly key: string; readonly isShared: boolean }[] = [];
  readonly #shared: { readonly table: MemoryTable<object>; readonly key: string }[] = [];
  #waitingFor: Holder | null = null;
  #isOver = false;
  #isFailed = false;
  readonly #end = Promise.withResolvers<void>();
  readonly over = this.#end.promise;

  constructor(database: MemoryDatabase<Tables>, client: MemoryClient<Tables>) {
    this.database = database;
    this.client = client;
  }

  get tables(): Tables {
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
      // Why not its own error: by a connection that ended nobody is told what it met, and what it held or saw was lost with it.
      this.#requireOpen();
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
    if (own === removed) return undefined;
    return own === undefined ? table.get(key) : (own as Row);
  }

  /** Every row that this transaction sees, row-level security aside. */
  *rows<Row extends object>(table: MemoryTable<Row>): Generator<[string, Row]> {
    const own = this.#written.get(anyRows(table));
    if (own === undefined) return yield* table.entries();
    for (const [key, row] of table.entries()) {
      const mine = own.get(key);
      if (mine !== removed) yield [key, (mine as Row | undefined) ?? row];
    }
    for (const [key, row] of own) if (row !== removed && table.get(key) === undefined) yield [key, row as Row];
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
      if (row !== removed && table.isUnder(index, row as Row, value) && !table.under(index, value).has(key))
        found.push([key, row as Row]);
    }
    return found;
  }

  /** Waits until nobody else holds that row, and holds it to the end. What was read of it before may be old by then. */
  async lock<Row extends object>(table: MemoryTable<Row>, key: string): Promise<void> {
    // Why looked at again: another one who waited may have been let on first.
    while (this.isHeldElsewhere(table, key)) await this.#outwait(table, key, () => true);
    const [sharer] = [...(table.shares.get(key) ?? [])].filter((one) => one !== this);
    if (sharer === undefined) return this.take(table, key);
    await this.#waitFor(sharer);
    return this.lock(table, key);
  }

  /** The same as FOR NO KEY UPDATE does it: whoever shares that row neither waits for this one nor is waited for. */
  async lockShared<Row extends object>(table: MemoryTable<Row>, key: string): Promise<void> {
    // Why again: between the end of the wait and this line another that waited may have taken it.
    do await this.#outwait(table, key, () => true);
    while (this.isHeldElsewhere(table, key));
    this.take(table, key, true);
  }

  isShared(table: object, key: string): boolean {
    return this.#held.some((one) => one.table === table && one.key === key && one.isShared);
  }

  /** As a foreign key does: nobody else may hold that row alone until this transaction ends, but others may share it. */
  async share<Row extends object>(table: MemoryTable<Row>, key: string): Promise<void> {
    await this.#outwait(table, key, (holder) => !holder.isShared(table, key));
    this.#requireOpen();
    const sharers = table.shares.get(key) ?? new Set<Holder>();
    table.shares.set(key, sharers.add(this));
    this.#shared.push({ table: anyRows(table), key });
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

  async #waitFor(holder: Holder): Promise<void> {
    if (holder.waitsFor(this)) throw new DatabaseError("deadlock detected");
    this.#waitingFor = holder;
    await holder.over;
    this.#waitingFor = null;
    this.#requireOpen();
  }

  /** The same without waiting, of a row that nobody else holds: what SKIP LOCKED finds is held before anybody else runs. */
  take<Row extends object>(table: MemoryTable<Row>, key: string, isShared = false): void {
    // Why: a connection may end within a statement, and what it took after its end nobody would give back.
    this.#requireOpen();
    if (this.isHeldElsewhere(table, key)) throw new Error(`${table.name} ${key} is held by another transaction`);
    if (table.locks.has(key)) return;
    table.locks.set(key, this);
    this.#held.push({ table: anyRows(table), key, isShared });
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

  /** The same, and it is gone. */
  remove<Row extends object>(table: MemoryTable<Row>, key: string): void {
    this.write(anyRows(table), key, removed);
  }

  commit(): void {
    this.#requireOpen();
    if (this.#isFailed) throw new DatabaseError("current transaction is aborted");
    const undo: Undo[] = [];
    for (const [table, rows] of this.#written)
      for (const [key, row] of rows)
        undo.push({ table, key, before: table.put(key, row === removed ? undefined : row) });
    if (undo.length > 0) this.database.committed(undo);
    this.end();
  }

  /** Also for one that was not committed: then nothing of it is there. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { table, key } of this.#held) table.locks.delete(key);
    for (const { table, key } of this.#shared) if (table.shares.get(key)?.delete(this)) forgetUnshared(table, key);
    this.database.ended(this);
    this.#end.resolve();
  }

  #requireOpen(): void {
    if (this.#isOver) throw new DatabaseError("the connection was ended");
  }
}

function forgetUnshared(table: MemoryTable<object>, key: string): void {
  if (table.shares.get(key)?.size === 0) table.shares.delete(key);
}

/** The memory transaction behind what the product passes around. */
export function inMemory<Tables extends object>(trx: object): MemoryTransaction<Tables> {
  if (!(trx instanceof MemoryTransaction)) throw new Error("this is not a transaction in memory");
  return trx;
}

/** One statement, in the transaction or, of a pool, in one of its own. Each zone calls it with its own tables. */
export async function statementOver<Tables extends object, Result>(
  where: object,
  work: (trx: MemoryTransaction<Tables>) => Promise<Result>,
): Promise<Result> {
  if (where instanceof MemoryClient) return where.run((trx: MemoryTransaction<Tables>) => work(trx));
  const trx = inMemory<Tables>(where);
  return trx.statement(() => work(trx));
}
