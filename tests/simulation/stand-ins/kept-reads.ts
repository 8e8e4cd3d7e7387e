import { isDeepStrictEqual } from "node:util";
import { constants, type DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/*
 * What was read from a database in memory and was not written since. Why: every look of a clock zone at all its switches reads the same rows again, and its
 * worlds would consist of that.
 */

/** Tables whose first column is the account, where a row is inserted. */
const ofAccounts: ReadonlySet<string> = new Set(["bequest", "bound_policy", "slot", "manifest", "contact"]);
const keptOfEach = 4_096;
/** Every so many answers one is read again and compared. */
const comparedEvery = 64;

/** Which rows a statement reads or changes. */
export type Scope = {
  readonly isRead: boolean;
  readonly tables: readonly string[];
  /** The place of the account among its values, where it is about one account's rows alone. */
  readonly account: number | null;
};

/** Prepares a statement. Its tables are those that SQLite itself names. */
export function prepare(
  database: DatabaseSync,
  sql: string,
): { readonly statement: StatementSync; readonly scope: Scope } {
  const reading = [constants.SQLITE_READ, constants.SQLITE_SELECT, constants.SQLITE_FUNCTION];
  const tables = new Set<string>();
  let isRead = true;
  database.setAuthorizer((action, table) => {
    if (table !== null) tables.add(table);
    isRead &&= reading.includes(action);
    return constants.SQLITE_OK;
  });
  const statement = database.prepare(sql);
  database.setAuthorizer(null);
  return { statement, scope: { isRead, tables: [...tables], account: placeOfAccount(sql) } };
}

function placeOfAccount(sql: string): number | null {
  const inserted = /^\s*insert (?:or [a-z]+ )?into ([a-z_]+)/.exec(sql)?.[1];
  if (inserted !== undefined) return ofAccounts.has(inserted) && /values \(\?/.test(sql) ? 0 : null;
  const before = sql.split(/\baccount = \?/);
  const [head = ""] = before;
  // Why none where anything is said with "or": that may be about more rows than the account's.
  if (before.length !== 2 || /\bor\b|\bunion\b|\(\s*select\b/.test(sql)) return null;
  return head.split("?").length - 1;
}

type Written = {
  whole: number;
  /** By what is about no single account's rows. */
  anywhere: number;
  readonly byAccount: Map<SQLInputValue | undefined, number>;
};

/** Counts what is written, by table and by account. */
export class Writes {
  #undone = 0;
  readonly #written = new Map<string, Written>();

  /** Nobody can say what was undone. */
  undone(): void {
    this.#undone++;
  }

  wrote({ tables, account }: Scope, values: readonly SQLInputValue[]): void {
    for (const table of tables) {
      const written = this.#written.get(table) ?? { whole: 0, anywhere: 0, byAccount: new Map() };
      this.#written.set(table, written);
      written.whole++;
      if (account === null) written.anywhere++;
      else written.byAccount.set(values[account], (written.byAccount.get(values[account]) ?? 0) + 1);
    }
  }

  /** Grows with every write that can have changed what is read. */
  seenBy({ tables, account }: Scope, values: readonly SQLInputValue[]): number {
    let seen = this.#undone;
    for (const table of tables) {
      const written = this.#written.get(table);
      if (written === undefined) continue;
      seen += account === null ? written.whole : written.anywhere + (written.byAccount.get(values[account]) ?? 0);
    }
    return seen;
  }
}

/** Answers of one prepared statement. */
export class KeptReads<Answer> {
  readonly #answers = new Map<string, { readonly seen: number; readonly answer: Answer }>();
  #given = 0;

  read(seen: number, values: readonly SQLInputValue[], anew: () => Answer): Answer {
    const key = keyOf(values);
    if (key === null) return anew();
    const known = this.#answers.get(key);
    if (known?.seen === seen) return this.#compared(known.answer, anew);
    const answer = anew();
    if (this.#answers.size >= keptOfEach) this.#answers.clear();
    this.#answers.set(key, { seen, answer });
    return answer;
  }

  #compared(answer: Answer, anew: () => Answer): Answer {
    if (++this.#given % comparedEvery === 0 && !isDeepStrictEqual(answer, anew()))
      throw new Error("what was kept of a read is not what is written any more");
    return answer;
  }
}

/** Null for values that are not kept by. */
function keyOf(values: readonly SQLInputValue[]): string | null {
  let key = "";
  for (const value of values) {
    if (typeof value !== "string" && typeof value !== "number") return null;
    key += typeof value === "string" ? `${value.length} ${value} ` : `${value} `;
  }
  return key;
}
