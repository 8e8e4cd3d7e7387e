import { sql } from "kysely";
import type { ClockDatabase, ClockTransaction } from "../clock-parts.ts";

/** News of an epoch that was read after one position, up to another. */
type FeedStep = { epoch: number; after: number; position: number };

/** How far the feed of this epoch was read. Why from zero after a restore of the keyholder: its revisions began again from an older one. */
export async function loadCursor(db: ClockDatabase, epoch: number): Promise<number> {
  const row = await db.selectFrom("clock_cursor").select(["epoch", "position"]).executeTakeFirst();
  return row?.epoch === epoch ? row.position : 0;
}

/** Lets the feed of this epoch be read again from its beginning, unless somebody has moved on from there since. */
export async function resetCursor(db: ClockDatabase, { epoch, from }: { epoch: number; from: number }): Promise<void> {
  await db
    .updateTable("clock_cursor")
    .set({ position: 0 })
    .where("epoch", "=", epoch)
    .where("position", "=", from)
    .execute();
}

/**
 * Notes that the feed was read as far as that, in the transaction that writes what was read. Answers whether it holds: not where the database has not come as far as
 * the step's beginning. Then it lost its newest commits, or an older one stands in its place, and the news in between must be read again.
 */
export async function saveCursor(trx: ClockTransaction, { epoch, after, position }: FeedStep): Promise<boolean> {
  if (after > 0) {
    const moved = await trx
      .updateTable("clock_cursor")
      .set({ position: sql`greatest(position, ${position})` })
      .where("epoch", "=", epoch)
      .where("position", ">=", after)
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
  }
  await sql`
    insert into clock_cursor as known ("only", epoch, position) values (true, ${epoch}, ${position})
    on conflict ("only") do update set epoch = excluded.epoch,
      position = case when known.epoch = excluded.epoch then greatest(known.position, excluded.position) else excluded.position end`.execute(
    trx,
  );
  return true;
}
