import { type Kysely, sql } from "kysely";
import type { ApiTables } from "../services.ts";

type Db = Kysely<ApiTables>;
/** A history of the keyholder's store, and how many commits of it there were. */
export type KeyholderHistory = { instance: string; commits: number };

/** Whether everything was given back to this history, and taken from it, no later than it has come. */
export async function isGivenBack(db: Db, { instance, commits }: KeyholderHistory): Promise<boolean> {
  const row = await db.selectFrom("given_back").select(["instance", "commits"]).executeTakeFirst();
  return row?.instance === instance && row.commits !== null && row.commits <= commits;
}

/** A turn begins in which everything is given back. @param turn random, its own */
export async function beginGivingBack(db: Db, turn: string): Promise<void> {
  await sql`
    insert into given_back ("only", turn) values (true, ${turn})
    on conflict ("only") do update set turn = excluded.turn, instance = null, commits = null`.execute(db);
}

/** That turn found nothing wanting. Nothing is noted where another one began since, or where the database has gone back to before this one's beginning. */
export async function noteGivenBack(db: Db, turn: string, { instance, commits }: KeyholderHistory): Promise<void> {
  await db.updateTable("given_back").set({ instance, commits }).where("turn", "=", turn).execute();
}
