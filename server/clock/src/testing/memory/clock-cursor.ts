import type * as real from "../../storage/clock-cursor.ts";
import { statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

export const loadCursor: typeof real.loadCursor = async (db, epoch) =>
  statementIn(db, async (trx) => {
    const row = trx.get(trx.tables.clock_cursor, keyOf.cursor);
    return row?.epoch === epoch ? row.position : 0;
  });

export const saveCursor: typeof real.saveCursor = async (db, { epoch, position }) =>
  statementIn(db, async (trx) => {
    await trx.lock(trx.tables.clock_cursor, keyOf.cursor);
    trx.write(trx.tables.clock_cursor, keyOf.cursor, { only: true, epoch, position });
  });
