/** A transaction, as others meet it at a row that it holds. */
export type Holder = {
  /** When it ends. */
  readonly over: Promise<void>;
  /** Whether it waits, directly or not, for that one. */
  waitsFor(asker: Holder): boolean;
  hasWritten(table: object, key: string): boolean;
  /** Whether what it holds of that row is no more than others may share. */
  isShared(table: object, key: string): boolean;
};
type IndexOf<Row> = (row: Row) => string | null;

/**
 * The committed rows of one table, by primary key. A row is never changed, only put in place of another: so a copy of the table is a copy of its map,
 * and what a transaction wrote is undone by putting the old rows back.
 */
export class MemoryTable<Row extends object> {
  readonly name: string;
  #rows = new Map<string, Row>();
  readonly #indexes: ReadonlyMap<string, { readonly of: IndexOf<Row>; readonly keys: Map<string, Set<string>> }>;
  /** Who holds a row, or the place of one that is not there yet. */
  readonly locks = new Map<string, Holder>();
  /** Who needs a row to stay, as a foreign key does. */
  readonly shares = new Map<string, Set<Holder>>();

  /** @param indexes by name, what a row is found under; null for not at all */
  constructor(name: string, indexes: Readonly<Record<string, IndexOf<Row>>> = {}) {
    this.name = name;
    this.#indexes = new Map(Object.entries(indexes).map(([index, of]) => [index, { of, keys: new Map() }]));
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  entries(): IterableIterator<[string, Row]> {
    return this.#rows.entries();
  }

  /** Keys of the committed rows that are found under `value`. */
  under(index: string, value: string): ReadonlySet<string> {
    return this.#index(index).keys.get(value) ?? new Set();
  }

  isUnder(index: string, row: Row, value: string): boolean {
    return this.#index(index).of(row) === value;
  }

  /** Past every transaction and lock. @returns the row that was there */
  put(key: string, row: Row | undefined): Row | undefined {
    const before = this.#rows.get(key);
    for (const { of, keys } of this.#indexes.values()) {
      const [from, to] = [before === undefined ? null : of(before), row === undefined ? null : of(row)];
      if (from === to) continue;
      if (from !== null) keys.get(from)?.delete(key);
      if (to !== null) keys.set(to, (keys.get(to) ?? new Set()).add(key));
    }
    if (row === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
    return before;
  }

  copy(): ReadonlyMap<string, Row> {
    return new Map(this.#rows);
  }

  restore(copy: ReadonlyMap<string, Row>): void {
    this.#rows = new Map();
    for (const { keys } of this.#indexes.values()) keys.clear();
    for (const [key, row] of copy) this.put(key, row);
  }

  #index(name: string) {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`${this.name} has no index ${name}`);
    return index;
  }
}
