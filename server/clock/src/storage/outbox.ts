import { idMaker } from "@afterkeep/bytes";
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
  const makeId = idMaker(mails.length);
  const ids = mails.map(() => pgId(makeId(nowMs)));
  const recipients = mails.map(({ recipient }) => (recipient === null ? null : pgId(recipient)));
  const { rows } = await sql<WrittenMail>`
    insert into outbox (id, tenant, key, kind, recipient, created_at)
    select *, ${nowMs}::bigint from unnest(
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
    where ${named} and (state = 'accepted' or (state <> 'queued' and may_have_left))`.execute(trx);
  return rows;
}

/** Whether a mail server took one of these letters, or may have. */
export async function hasAnyLeft(trx: ClockTransaction, mails: readonly MailName[]): Promise<boolean> {
  if (mails.length === 0) return false;
  const { rows } = await sql`
    select from outbox where ${areNamed(mails)} and (state = 'accepted' or may_have_left) limit 1`.execute(trx);
  return rows.length > 0;
}

/** Lets letters that were taken back before they left wait anew, with new words: what they say holds again. */
export async function renewMails(trx: ClockTransaction, mails: readonly MailName[]): Promise<void> {
  if (mails.length === 0) return;
  const named = areNamed(mails);
  // Why locked before looked at: whoever is just taking one back, by what the keyholder said a moment ago, would not be seen.
  await sql`select from outbox where ${named} and state in ('queued', 'cancelled') order by id for update`.execute(trx);
  await sql`
    update outbox set state = 'queued', settled_at = null, attempts = 0, next_attempt_at = clock_timestamp()
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
  /** How often it was tried. What could not be tried is counted back, so it names nothing. */
  attempt: number;
  /** Which one it is of its mail's. */
  claim: number;
  /** A mail server may have it from a try before. */
  mayHaveLeft: boolean;
};

/** A claimed mail, not opened. */
export type ClaimedMail = Claim & {
  key: string;
  kind: MailKind;
  recipient: string | null;
  createdAtMs: number;
  /** For how long it has waited, by the database's clock. */
  ageMs: number;
};

/** Mails that are due by the database's clock, a hundred at most, each claimed for `leaseMs` of it so that no two clocks send one. Those for which nobody waits come after all others. */
export async function claimMails(db: ClockDatabase, claim: { leaseMs: number; batch: number }): Promise<Claim[]> {
  const { rows } = await sql<Claim>`
    select id, tenant, attempt, claim, may_have_left as "mayHaveLeft"
    from outbox_claim(${claim.leaseMs}, ${claim.batch})`.execute(db);
  return rows;
}

/** Locks a claimed mail, so that two clocks never give it two contents. Null when it is settled, or claimed by another since. */
export async function lockMail(trx: ClockTransaction, { id, claim }: Pick<Claim, "id" | "claim">) {
  const row = await trx
    .selectFrom("outbox")
    .select(["key", "kind", "recipient", "sealed", "created_at"])
    .select(sql<number>`(extract(epoch from clock_timestamp() - written_at) * 1000)::bigint`.as("ageMs"))
    .where("id", "=", pgId(id))
    .where("state", "=", "queued")
    .where("claims", "=", claim)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function saveContent(trx: ClockTransaction, id: string, sealed: Buffer): Promise<void> {
  await trx.updateTable("outbox").set({ sealed, attempts: 1 }).where("id", "=", pgId(id)).execute();
}

/**
 * Writes what became of a mail and erases its content. Answers whether a mail server may have it, by this try or another's: whoever claimed it while this one was at it
 * knew that it may have left. Null when something was written already. Real time.
 */
export async function settleRow(
  trx: ClockTransaction,
  { id, mayHaveLeft }: Pick<Claim, "id" | "mayHaveLeft">,
  state: Exclude<OutboxState, "queued">,
  settledAt: number,
): Promise<{ mayHaveLeft: boolean } | null> {
  const settled = await trx
    .updateTable("outbox")
    .set({
      state,
      sealed: null,
      settled_at: settledAt,
      claimed_until: null,
      may_have_left: sql<boolean>`may_have_left or ${mayHaveLeft}`,
    })
    .where("id", "=", pgId(id))
    .where("state", "=", "queued")
    .returning("may_have_left as mayHaveLeft")
    .executeTakeFirst();
  return settled ?? null;
}

/** Ends the claim, if no other was made since: that one's mail may be leaving. @param forMs until the next try, by the database's clock @param isNoTry whether it counts as if it had not been claimed */
export async function postponeMail(
  trx: ClockTransaction,
  { id, attempt, claim, mayHaveLeft }: Claim,
  { forMs, isNoTry = false }: { forMs: number; isNoTry?: boolean },
): Promise<void> {
  await trx
    .updateTable("outbox")
    .set({
      next_attempt_at: sql<Date>`clock_timestamp() + ${forMs} * interval '1 millisecond'`,
      claimed_until: null,
      may_have_left: sql<boolean>`may_have_left or ${mayHaveLeft}`,
      attempts: isNoTry ? attempt - 1 : attempt,
    })
    .where("id", "=", pgId(id))
    .where("state", "=", "queued")
    .where("claims", "=", claim)
    .execute();
}
