import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestKeyholder } from "./a-keyholder.ts";
import { inStore } from "./in-store.ts";

const pageSize = 4096;
/** Puts the page back, as whoever mends the disk does. The keyholder is stopped after it. */
type Mend = () => void;

/**
 * Takes one page from the store, as a bad disk does: one that goes on with a record of a bequest's. The keyholder is stopped after it. What SQLite says then is that
 * the store is malformed, as it does where the disk itself refuses.
 */
export function losePage(test: TestKeyholder, b: string, { table, column }: { table: string; column: string }): Mend {
  return loseRecord(test, { table, column, where: "b", is: b });
}

/** The same of a statement of an owner's. */
export function loseStatement(test: TestKeyholder, account: string): Mend {
  return loseRecord(test, { table: "statement", column: "jws", where: "length(jws) > 4096 and account", is: account });
}

/** The same of the page that a whole table hangs on. */
export function loseTable(test: TestKeyholder, table: string): Mend {
  test.stop();
  const root = inStore(test, (db) => db.prepare("select rootpage from sqlite_master where name = ?").get(table));
  return loseBytes(test, (Number(root?.["rootpage"]) - 1) * pageSize);
}

type Record = { readonly table: string; readonly column: string; readonly where: string; readonly is: string };

function loseRecord(test: TestKeyholder, { table, column, where, is }: Record): Mend {
  test.stop();
  const read = `${table} where ${where} = ?`;
  const text = inStore(test, (db) => db.prepare(`select ${column} as text from ${read}`).get(is)?.["text"]);
  const file = readFileSync(join(test.folder, "keyholder.sqlite"));
  const pages = Array.from({ length: file.length / pageSize }, (_, index) => index * pageSize);
  for (const at of pages) {
    if (!String(text).includes(file.toString("latin1", at + 4, at + 300))) continue;
    // The page that comes next, by its number: the first four bytes of an overflow page. Source: SQLite file format, §1.6.
    const mend = loseBytes(test, at);
    if (isLost(test, read, is)) return mend;
    mend();
  }
  throw new Error("no page goes on with that record");
}

function isLost(test: TestKeyholder, read: string, is: string): boolean {
  return inStore(test, (db) => {
    try {
      db.prepare(`select * from ${read}`).all(is);
      return false;
    } catch {
      return true;
    }
  });
}

/** What begins a page: no number of a page, and no kind of one. */
function loseBytes(test: TestKeyholder, at: number): Mend {
  const path = join(test.folder, "keyholder.sqlite");
  const before = readFileSync(path).subarray(at, at + 4);
  const write = (bytes: Uint8Array) => {
    test.stop();
    const file = readFileSync(path);
    file.set(bytes, at);
    writeFileSync(path, file);
  };
  write(Buffer.from("ffffffff", "hex"));
  return () => write(before);
}
