import { pgId } from "@afterkeep/platform";
import { type Kysely, sql } from "kysely";
import type { ApiTables } from "../services.ts";
import type { SessionRow } from "./sessions.ts";

type Db = Kysely<ApiTables>;

// Before a tenant is known, only these definer functions answer, and with ids alone but for the session and what is summed up of an account (sql/migrations/0001-core.sql, 0017, 0024, 0032).

/** The account of an e-mail index; null when there is none. */
export function findAccount(db: Db, emailIndex: Buffer): Promise<string | null> {
  return one(sql<{ id: string | null }>`select find_account(${emailIndex}) as id`, db);
}

/** A session as every call with its token needs it; times in real ms. */
export type FoundSession = Pick<
  SessionRow,
  "tenant" | "channel" | "recipient" | "seen_at" | "idle_ms" | "absolute_expiry"
>;

/** The session of a token's hash. */
export async function findSession(db: Db, tokenHash: Buffer): Promise<FoundSession | null> {
  const { rows } = await sql<FoundSession>`select * from find_session(${tokenHash})`.execute(db);
  return rows[0] ?? null;
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

type Found = { tenant: string; doc: string; ver: string };

/** Versions over all tenants that were never committed, not touched since `before` (real ms) and that no open offer names; at most 1000. */
export async function findStalePending(db: Db, before: number): Promise<Found[]> {
  return (await sql<Found>`select tenant, doc, ver from find_stale_pending(${before})`.execute(db)).rows;
}

/** Versions over all tenants that were retired before `before` (real ms) and that nothing holds; at most 10,000. Heavier than the above. */
export async function findStaleRetired(db: Db, before: number): Promise<Found[]> {
  return (await sql<Found>`select tenant, doc, ver from find_stale_retired(${before})`.execute(db)).rows;
}

/** Tenants with manifests that were offered before `before` (real ms) and are still open; at most 100. */
export async function findOldOffers(db: Db, before: number): Promise<string[]> {
  const { rows } = await sql<{ tenant: string }>`select tenant from find_old_offers(${before})`.execute(db);
  return rows.map(({ tenant }) => tenant);
}

/** What is kept of an account, so briefly that the keyholder can compare many at a time. */
export type KeptAccount = {
  tenant: string;
  /** The newest place of the chain; -1 where nothing of it is there. */
  seq: number;
  /** Of the newest receipt. */
  epoch: number;
  counter: number;
  /** SHA-256 of the ids of what the owner signed from the newest of the chain on, in the order of their bytes. */
  digest: Buffer;
  /** A manifest's statement is kept, and its list is still an offer. */
  is_unstored: boolean;
  /** Two receipts of the newest one's epoch have one number. */
  is_clashing: boolean;
};

/** Tenants that signed anything, after one of them (null for the first page), by id. */
export async function summarizeTenants(db: Db, after: string | null, limit: number): Promise<KeptAccount[]> {
  const from = after === null ? null : pgId(after);
  const found = sql<KeptAccount>`select * from summarize_tenants(${from}::uuid, ${limit})`;
  return (await found.execute(db)).rows;
}

/** All that is kept of an account, so briefly that the keyholder can say whether it lacks any of it. */
export type KeptWhole = {
  tenant: string;
  /** SHA-256 of what the owner signed, each by its id and its receipt's hash, in the order of the ids' bytes. */
  digest: Buffer;
  /** A manifest's statement is kept, and its list is still an offer. */
  is_unstored: boolean;
};

/** The same tenants, each by the hash of everything. Every statement is read. */
export async function digestTenants(db: Db, after: string | null, limit: number): Promise<KeptWhole[]> {
  const from = after === null ? null : pgId(after);
  return (await sql<KeptWhole>`select * from digest_tenants(${from}::uuid, ${limit})`.execute(db)).rows;
}

/** Removes tickets, sessions and links that ended before `nowMs` (real time). */
export async function deleteExpiredAccess(db: Db, nowMs: number): Promise<void> {
  await sql`select delete_expired_access(${nowMs})`.execute(db);
}

async function one(query: ReturnType<typeof sql<{ id: string | null }>>, db: Db): Promise<string | null> {
  return (await query.execute(db)).rows[0]?.id ?? null;
}
