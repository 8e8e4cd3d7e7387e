import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestKeyholder } from "./a-keyholder.ts";
import { inStore } from "./in-store.ts";

const pageSize = 4096;

/**
 * Takes one page from the store, as a bad disk does: one that goes on with a record of a bequest's. The keyholder is stopped after it. What SQLite says then is that
 * the store is malformed, as it does where the disk itself refuses.
 */
export function losePage(test: TestKeyholder, b: string, { table, column }: { table: string; column: string }): void {
  test.stop();
  const text = inStore(test, (db) => db.prepare(`select ${column} as text from ${table} where b = ?`).get(b)?.["text"]);
  const path = join(test.folder, "keyholder.sqlite");
  const file = readFileSync(path);
  const pages = Array.from({ length: file.length / pageSize }, (_, index) => index * pageSize);
  const isLost = (at: number): boolean => {
    if (!String(text).includes(file.toString("latin1", at + 4, at + 300))) return false;
    const bad = Buffer.from(file);
    // The page that comes next, by its number: the first four bytes of an overflow page. Source: SQLite file format, §1.6.
    bad.writeUInt32BE(0xffffffff, at);
    writeFileSync(path, bad);
    return inStore(test, (db) => {
      try {
        db.prepare(`select * from ${table} where b = ?`).get(b);
        return false;
      } catch {
        return true;
      }
    });
  };
  if (pages.find(isLost) === undefined) throw new Error("no page goes on with that record");
}
