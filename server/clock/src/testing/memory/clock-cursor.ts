import type * as real from "../../storage/clock-cursor.ts";
import { statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

export const loadCursor: typeof real.loadCursor = async (db, epoch) =>
  statementIn(db, async (trx) => {
    const row = trx.get(trx.tables.clock_cursor, keyOf.cursor);
    return row?.epoch === epoch ? row.position : 0;
  });

export const resetCursor: typeof real.resetCursor = async (db, { epoch, from }) =>
  statementIn(db, async (trx) => {
    const table = trx.tables.clock_cursor;
    const isThere = () => {
      const row = trx.get(table, keyOf.cursor);
      return row?.epoch === epoch && row.position === from;
    };
    if (!isThere()) return;
    await trx.lock(table, keyOf.cursor);
    if (isThere()) trx.write(table, keyOf.cursor, { only: true, epoch, position: 0 });
  });

export const saveCursor: typeof real.saveCursor = async (where, { epoch, after, position }) =>
  statementIn(where, async (trx) => {
    const table = trx.tables.clock_cursor;
    const known = () => trx.get(table, keyOf.cursor);
    const isAsFar = () => known()?.epoch === epoch && (known()?.position ?? 0) >= after;
    if (after > 0 && !isAsFar()) return false;
    await trx.lock(table, keyOf.cursor);
    // Why again: whoever held it may have written since.
    if (after > 0 && !isAsFar()) return false;
    const before = known();
    const furthest = before?.epoch === epoch ? Math.max(before.position, position) : position;
    trx.write(table, keyOf.cursor, { only: true, epoch, position: furthest });
    return true;
  });
