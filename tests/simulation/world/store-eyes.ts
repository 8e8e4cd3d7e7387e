import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

type Seen = {
  readonly wake: number;
  readonly attended: number;
  readonly recordedWall: number;
  readonly doubtMs: number;
  /** As the keyholder's time/counted-time.ts says; zeros before the first tick. */
  readonly counted: { readonly untilMs: number; readonly aheadMs: number; readonly seenMs: number };
  readonly epoch: number;
  readonly revision: number;
  /** What is left of the operators' freeze, attended ms; 0 where none runs. */
  readonly frozenMs: number;
};

/** Looks into the keyholder's store from outside, for what no operation shows: when it will wake, and what it wrote. */
export class StoreEyes {
  readonly #database: DatabaseSync;
  readonly #look: StatementSync;
  readonly #changes: () => number;
  #seen: Seen | null = null;
  #seenAt = 0;

  /** @param changes grows with everything that may change the store */
  constructor(folder: string, changes: () => number) {
    this.#changes = changes;
    this.#database = new DatabaseSync(join(folder, "keyholder.sqlite"));
    // Why what looks needless: only so are the two partial indexes used.
    this.#look = this.#database.prepare(
      `select attended_ms as attended, recorded_wall as wall, doubt_ms as doubt, epoch, revision,
        iif(week = '', 0, week ->> '$.counted.untilMs') as counted, iif(week = '', 0, week ->> '$.counted.aheadMs') as ahead,
        iif(week = '', 0, week ->> '$.counted.seenMs') as seen,
        (select left_ms from freeze) as frozen,
        (select min(wake) from bequest where wake is not null) as wake,
        (select min(call_at) from bequest where call_at is not null) as callAt from keyholder`,
    );
  }

  /** Attended ms at which the keyholder has something to do by itself; infinite when nothing is. */
  wake(): number {
    return this.time().wake;
  }

  /** Why kept: it is asked several times a tick, and reading is dearer than the tick. */
  time(): Seen {
    const changes = this.#changes();
    if (this.#seen === null || changes !== this.#seenAt) this.#seen = this.#read();
    this.#seenAt = changes;
    return this.#seen;
  }

  #read(): Seen {
    const row = this.#look.get();
    return {
      wake: Math.min(
        Number(row?.["wake"] ?? Number.POSITIVE_INFINITY),
        Number(row?.["callAt"] ?? Number.POSITIVE_INFINITY),
      ),
      attended: Number(row?.["attended"]),
      recordedWall: Number(row?.["wall"]),
      doubtMs: Number(row?.["doubt"]),
      counted: {
        untilMs: Number(row?.["counted"]),
        aheadMs: Number(row?.["ahead"]),
        seenMs: Number(row?.["seen"]),
      },
      epoch: Number(row?.["epoch"]),
      revision: Number(row?.["revision"]),
      frozenMs: Number(row?.["frozen"]),
    };
  }

  fetches(): { decision: string; r: string; manifestHash: string }[] {
    const rows = this.#database.prepare("select decision, r, manifest_hash as hash from fetch").all();
    return rows.map((row) => ({
      decision: String(row["decision"]),
      r: String(row["r"]),
      manifestHash: String(row["hash"]),
    }));
  }

  /** Ids of what the store has of an account's owner key. */
  statementsOf(account: string): ReadonlySet<string> {
    const rows = this.#database.prepare("select id from statement where account = ?").all(account);
    return new Set(rows.map(({ id }) => String(id)));
  }

  hasDecision(id: string): boolean {
    return this.#database.prepare("select 1 from decision where id = ?").get(id) !== undefined;
  }

  /** Whether a sign that the store could not take is still to be taken in. */
  hasRefusedSign(): boolean {
    return this.#database.prepare("select 1 from refused_sign").get() !== undefined;
  }

  /** All rows of all tables but the number of commits, as text: two stores that are equal print the same. */
  dump(): string {
    const tables = this.#database.prepare("select name from sqlite_master where type = 'table' order by name").all();
    return tables.map(({ name }) => this.#dumpTable(String(name))).join("\n");
  }

  /** The text of a bequest's record; null before it was armed. */
  historyOf({ account, b }: { readonly account: string; readonly b: string }): string | null {
    const row = this.#database.prepare("select history from bequest where account = ? and b = ?").get(account, b);
    return row === undefined ? null : String(row["history"]);
  }

  writeHistory({ account, b }: { readonly account: string; readonly b: string }, history: string): void {
    this.#database.prepare("update bequest set history = ? where account = ? and b = ?").run(history, account, b);
  }

  /** What another version would have done to it. */
  change(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #dumpTable(table: string): string {
    const rows = this.#database.prepare(`select * from "${table}"`).all();
    return rows
      .map((row) => `${table} ${JSON.stringify({ ...row, ...(table === "keyholder" && { counter: 0 }) })}`)
      .join("\n");
  }
}
