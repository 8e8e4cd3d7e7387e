import type { ClockDatabase, ClockTransaction } from "../clock-parts.ts";

export type Cursor = { epoch: number; position: number };

/** How far the feed of this epoch was read. Why from zero after a restore of the keyholder: its revisions began again from an older one. */
export async function loadCursor(db: ClockDatabase, epoch: number): Promise<number> {
  const row = await db.selectFrom("clock_cursor").select(["epoch", "position"]).executeTakeFirst();
  return row?.epoch === epoch ? row.position : 0;
}

export async function saveCursor(db: ClockDatabase | ClockTransaction, cursor: Cursor): Promise<void> {
  await db
    .insertInto("clock_cursor")
    .values({ only: true, ...cursor })
    .onConflict((conflict) => conflict.column("only").doUpdateSet(cursor))
    .execute();
}
