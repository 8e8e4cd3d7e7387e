import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";

/** Whether a call to PostgreSQL can go on only when somebody else's transaction ends. */
export async function isWaitingInPostgres(pool: pg.Pool, call: Promise<unknown>): Promise<boolean> {
  const isOver = call.then(() => true);
  for (;;) {
    if (await Promise.race([isOver, delay(5, false)])) return false;
    const { rows } = await pool.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return true;
  }
}

/** The same of a call to the database in memory, where everything else takes no time. */
export async function isWaitingInMemory(call: Promise<unknown>): Promise<boolean> {
  return Promise.race([call.then(() => false), new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))]);
}
