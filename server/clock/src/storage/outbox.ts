import { newId } from "@afterkeep/bytes";
import { type MailKind, type OutboxState, pgId } from "@afterkeep/platform";
import { sql } from "kysely";
import type { ClockDatabase, ClockTransaction } from "../clock-parts.ts";

/** A mail that gets its words, its address and its link when it leaves. `key` names the effect, once in a tenant. */
export type PlannedMail = { tenant: string; key: string; kind: MailKind; recipient: string | null };
export type WrittenMail = { id: string; tenant: string; key: string };

/** Writes mails; answers those whose key was not there yet. Real time. */
export async function addMails(
  trx: ClockTransaction,
  mails: readonly PlannedMail[],
  nowMs: number,
): Promise<WrittenMail[]> {
  if (mails.length === 0) return [];
  const ids = mails.map(() => pgId(newId(nowMs)));
  const recipients = mails.map(({ recipient }) => (recipient === null ? null : pgId(recipient)));
  const { rows } = await sql<WrittenMail>`
    insert into outbox (id, tenant, key, kind, recipient, next_attempt_at, created_at)
    select *, ${nowMs}::bigint, ${nowMs}::bigint from unnest(
      ${ids}::uuid[], ${mails.map(({ tenant }) => pgId(tenant))}::uuid[], ${mails.map(({ key }) => key)}::text[],
      ${mails.map(({ kind }) => kind)}::text[], ${recipients}::uuid[])
    on conflict (tenant, key) do nothing
    returning id, tenant, key`.execute(trx);
  return rows;
}

export type MailName = Pick<PlannedMail, "tenant" | "key">;

/**
 * Takes back what has not left yet. Answers the mails that have left or may have, which can only be followed by another. One that is on its way is left to
 * whoever sends it: only they come to know whether it left.
 */
export async function cancelMails(
  trx: ClockTransaction,
  mails: readonly MailName[],
  nowMs: number,
): Promise<MailName[]> {
  if (mails.length === 0) return [];
  const named = areNamed(mails);
  // Why locked before looked at: whoever is just writing that one left would not be seen, nor see that it is taken back.
  await sql`select from outbox where ${named} order by id for update`.execute(trx);
  await sql`
    update outbox set state = 'cancelled', sealed = null, settled_at = ${nowMs}
    where ${named} and state = 'queued' and claimed_until is null`.execute(trx);
  const { rows } = await sql<MailName>`
    select tenant, key from outbox
    where ${named} and (state = 'accepted' or (state <> 'queued' and claimed_until is not null))`.execute(trx);
  return rows;
}

/** What became of these letters, of those that were written. */
export async function readStates(trx: ClockTransaction, mails: readonly MailName[]): Promise<OutboxState[]> {
  if (mails.length === 0) return [];
  const { rows } = await sql<{ state: OutboxState }>`select state from outbox where ${areNamed(mails)}`.execute(trx);
  return rows.map(({ state }) => state);
}

/** Lets letters that were taken back before they left wait anew, with new words: what they say holds again. */
export async function renewMails(trx: ClockTransaction, mails: readonly MailName[], nowMs: number): Promise<void> {
  if (mails.length === 0) return;
  const named = areNamed(mails);
  // Why locked before looked at: whoever is just taking one back, by what the keyholder said a moment ago, would not be seen.
  await sql`select from outbox where ${named} and state in ('queued', 'cancelled') order by id for update`.execute(trx);
  await sql`
    update outbox set state = 'queued', settled_at = null, attempts = 0, next_attempt_at = ${nowMs}
    where ${named} and state = 'cancelled'`.execute(trx);
}

function areNamed(mails: readonly MailName[]) {
  return sql`(tenant, key) in (
    select * from unnest(${mails.map(({ tenant }) => pgId(tenant))}::uuid[], ${mails.map(({ key }) => key)}::text[]))`;
}

/** One claimed row. */
export type Claim = {
  id: string;
  tenant: string;
  attempt: number;
  /** Nobody wrote what became of the claim before: its mail may have left. */
  isUnresolved: boolean;
};

/** A claimed mail, not opened. */
export type ClaimedMail = Claim & {
  key: string;
  kind: MailKind;
  recipient: string | null;
  createdAtMs: number;
  /** For how long it has waited, by the database's clock. */
  ageMs: number;
  /** It was written, and nobody knows what became of a try before: a mail server may have it. */
  mayHaveLeft: boolean;
};

/** Due mails, a hundred at most, each claimed for `leaseMs` of the database's clock so that no two clocks send one. Those for which nobody waits come after all others. */
export async function claimMails(
  db: ClockDatabase,
  claim: { nowMs: number; leaseMs: number; batch: number },
): Promise<Claim[]> {
  const { rows } = await sql<Claim>`
    select id, tenant, attempt, is_unresolved as "isUnresolved"
    from outbox_claim(${claim.nowMs}, ${claim.leaseMs}, ${claim.batch})`.execute(db);
  return rows;
}

/** Locks a claimed mail, so that a clock whose claim lapsed and another never give it two contents. Null when it is settled. */
export async function lockMail(trx: ClockTransaction, id: string) {
  const row = await trx
    .selectFrom("outbox")
    .select(["key", "kind", "recipient", "sealed", "created_at"])
    .select(sql<number>`(extract(epoch from clock_timestamp() - written_at) * 1000)::bigint`.as("ageMs"))
    .where("id", "=", pgId(id))
    .where("state", "=", "queued")
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function saveContent(trx: ClockTransaction, id: string, sealed: Buffer): Promise<void> {
  await trx.updateTable("outbox").set({ sealed, attempts: 1 }).where("id", "=", pgId(id)).execute();
}

/**
 * Writes what became of a mail and erases its content. Its claim stays where a mail server may have it, by this try or by one that somebody else is at: whoever takes
 * back what it says must find that. False when something was written already. Real time.
 */
export async function settleRow(
  trx: ClockTransaction,
  { id, attempt, mayHaveLeft }: Pick<ClaimedMail, "id" | "attempt" | "mayHaveLeft">,
  state: Exclude<OutboxState, "queued">,
  settledAt: number,
): Promise<boolean> {
  const settled = await trx
    .updateTable("outbox")
    .set({
      state,
      sealed: null,
      settled_at: settledAt,
      claimed_until: mayHaveLeft
        ? sql<Date>`coalesce(claimed_until, clock_timestamp())`
        : sql<Date | null>`case when attempts = ${attempt} then null else claimed_until end`,
    })
    .where("id", "=", pgId(id))
    .where("state", "=", "queued")
    .executeTakeFirst();
  return settled.numUpdatedRows === 1n;
}

/** Ends the claim. One whose mail may have left is lapsed, not forgotten: that stays unresolved. Real time. @param isNoTry whether it counts as if it had not been claimed */
export async function postponeMail(
  trx: ClockTransaction,
  { id, attempt }: Pick<Claim, "id" | "attempt">,
  { nextAttemptAt, mayHaveLeft, isNoTry = false }: { nextAttemptAt: number; mayHaveLeft: boolean; isNoTry?: boolean },
): Promise<void> {
  await trx
    .updateTable("outbox")
    .set({
      next_attempt_at: nextAttemptAt,
      claimed_until: mayHaveLeft ? sql<Date>`clock_timestamp()` : null,
      attempts: isNoTry ? attempt - 1 : attempt,
    })
    .where("id", "=", pgId(id))
    .where("state", "=", "queued")
    // Why: a clock that stood still must end no claim that another made since, whose mail may be leaving.
    .where("attempts", "=", attempt)
    .execute();
}
