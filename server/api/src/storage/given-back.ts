import { type Kysely, sql } from "kysely";
import type { ApiTables } from "../services.ts";

type Db = Kysely<ApiTables>;

/** Whether everything was given back to this history of the keyholder's store, and taken from it. */
export async function isGivenBack(db: Db, instance: string): Promise<boolean> {
  const row = await db.selectFrom("given_back").select(["instance", "is_whole"]).executeTakeFirst();
  return row?.instance === instance && row.is_whole;
}

/** A turn begins in which everything is given back. @param turn random, its own */
export async function beginGivingBack(db: Db, { instance, turn }: { instance: string; turn: string }): Promise<void> {
  await sql`
    insert into given_back ("only", instance, turn, is_whole) values (true, ${instance}, ${turn}, false)
    on conflict ("only") do update set instance = excluded.instance, turn = excluded.turn, is_whole = false`.execute(
    db,
  );
}

/** That turn found nothing wanting. Nothing is noted where another one began since, or where the database has gone back to before this one's beginning. */
export async function noteGivenBack(db: Db, turn: string): Promise<void> {
  await db.updateTable("given_back").set({ is_whole: true }).where("turn", "=", turn).execute();
}
