import { type Kysely, sql } from "kysely";
import type { ApiTables } from "../services.ts";

type Db = Kysely<ApiTables>;

// Before a tenant is known, only these definer functions answer, and with ids alone (sql/migrations/0001-core.sql).

/** The account of an e-mail index; null when there is none. */
export function findAccount(db: Db, emailIndex: Buffer): Promise<string | null> {
  return one(sql<{ id: string | null }>`select find_account(${emailIndex}) as id`, db);
}

/** The tenant of a session token's hash. */
export function findSession(db: Db, tokenHash: Buffer): Promise<string | null> {
  return one(sql<{ id: string | null }>`select find_session(${tokenHash}) as id`, db);
}

/** The tenant of a ticket's hash. */
export function findTicket(db: Db, tokenHash: Buffer): Promise<string | null> {
  return one(sql<{ id: string | null }>`select find_ticket(${tokenHash}) as id`, db);
}

/** The tenant of a mail link's hash. */
export function findLink(db: Db, hash: Buffer): Promise<string | null> {
  return one(sql<{ id: string | null }>`select find_link(${hash}) as id`, db);
}

/** The newest recipient row of an e-mail index in each of the four tenants that invited it last, newest first. */
export async function findRecipients(db: Db, emailIndex: Buffer): Promise<{ tenant: string; r: string }[]> {
  const found = await sql<{ tenant: string; r: string }>`select tenant, r from find_recipients(${emailIndex})`.execute(
    db,
  );
  return found.rows;
}

/**
 * Versions over all tenants that were never committed and not touched since `pending`, or that were retired before `retired` and are
 * named by no bequest (real ms); at most 1000 of each.
 */
export async function findStaleDocuments(
  db: Db,
  before: { pending: number; retired: number },
): Promise<{ tenant: string; doc: string; ver: string }[]> {
  const found = await sql<{ tenant: string; doc: string; ver: string }>`
    select tenant, doc, ver from find_stale_documents(${before.pending}, ${before.retired})`.execute(db);
  return found.rows;
}

/** Removes tickets, sessions and links that ended before `nowMs` (real time). */
export async function deleteExpiredAccess(db: Db, nowMs: number): Promise<void> {
  await sql`select delete_expired_access(${nowMs})`.execute(db);
}

async function one(query: ReturnType<typeof sql<{ id: string | null }>>, db: Db): Promise<string | null> {
  return (await query.execute(db)).rows[0]?.id ?? null;
}
