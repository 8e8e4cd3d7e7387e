import { pgId } from "@afterkeep/platform";
import type { StatementBody } from "@afterkeep/statements";
import type { SlotStage } from "@afterkeep/switch";
import { sql } from "kysely";
import type { ClockTransaction } from "../clock-parts.ts";

export type SignedRelease = { body: StatementBody<"release">; jws: string };
export type SignedWithdrawal = { body: StatementBody<"withdrawn">; jws: string };
export type SlotMark = { tenant: string; decisionId: string; r: string; stage: SlotStage };

/** Keeps decisions as they were signed; answers the ids of those that are new here. */
export async function keepReleases(trx: ClockTransaction, releases: readonly SignedRelease[]): Promise<Set<string>> {
  if (releases.length === 0) return new Set();
  const column = <Value>(of: (body: SignedRelease["body"]) => Value) => releases.map(({ body }) => of(body));
  const { rows } = await sql<{ decision: string }>`
    insert into release (tenant, decision_id, b, g, statement, decided_at)
    select * from unnest(
      ${column(({ account }) => pgId(account))}::uuid[], ${column(({ decisionId }) => pgId(decisionId))}::uuid[],
      ${column(({ b }) => pgId(b))}::uuid[], ${column(({ g }) => g)}::bigint[], ${releases.map(({ jws }) => jws)}::text[],
      ${column(({ decidedAt }) => decidedAt)}::bigint[])
    on conflict do nothing
    returning decision_id as decision`.execute(trx);
  return new Set(rows.map(({ decision }) => decision));
}

/** Writes how far each recipient is; what was withdrawn stays so for its decision. Answers what was written. */
export async function saveStages(trx: ClockTransaction, marks: readonly SlotMark[]): Promise<SlotMark[]> {
  if (marks.length === 0) return [];
  const { rows } = await sql<SlotMark>`
    insert into release_slot (tenant, decision_id, r, stage)
    select * from unnest(
      ${marks.map(({ tenant }) => pgId(tenant))}::uuid[], ${marks.map(({ decisionId }) => pgId(decisionId))}::uuid[],
      ${marks.map(({ r }) => pgId(r))}::uuid[], ${marks.map(({ stage }) => stage)}::text[])
    on conflict (tenant, decision_id, r) do update set stage = excluded.stage where release_slot.withdrawn is null
    returning tenant, decision_id as "decisionId", r, stage`.execute(trx);
  return rows;
}

/** Keeps signed withdrawals; answers those that are new here and take back a grant that was seen here. */
export async function keepWithdrawals(
  trx: ClockTransaction,
  withdrawals: readonly SignedWithdrawal[],
): Promise<SignedWithdrawal[]> {
  if (withdrawals.length === 0) return [];
  const { rows } = await sql<{ withdrawn: string }>`
    update release_slot set stage = 'withdrawn', withdrawn = said.jws
    from unnest(
      ${withdrawals.map(({ body }) => pgId(body.account))}::uuid[], ${withdrawals.map(({ body }) => pgId(body.decisionId))}::uuid[],
      ${withdrawals.map(({ body }) => pgId(body.r))}::uuid[], ${withdrawals.map(({ jws }) => jws)}::text[]
    ) as said (tenant, decision_id, r, jws)
    where release_slot.tenant = said.tenant and release_slot.decision_id = said.decision_id and release_slot.r = said.r
      and release_slot.withdrawn is null
    returning release_slot.withdrawn`.execute(trx);
  const kept = new Set(rows.map(({ withdrawn }) => withdrawn));
  return withdrawals.filter(({ jws }) => kept.has(jws));
}

export type SlotName = Pick<SlotMark, "tenant" | "decisionId" | "r">;

/** How far a recipient is in a decision, as it was heard last; null for nobody. */
export async function readStage(trx: ClockTransaction, { tenant, decisionId, r }: SlotName): Promise<SlotStage | null> {
  const slot = await trx
    .selectFrom("release_slot")
    .select("stage")
    .where("tenant", "=", pgId(tenant))
    .where("decision_id", "=", pgId(decisionId))
    .where("r", "=", pgId(r))
    .executeTakeFirst();
  return slot?.stage ?? null;
}

/** Of what we keep of the transaction's account, the receipts that tell a keyholder of anything that it lost (migration 0030). */
export async function readTellingReceipts(trx: ClockTransaction): Promise<string[]> {
  const { rows } = await sql<{ receipt: string }>`select receipt from telling_receipts()`.execute(trx);
  return rows.map(({ receipt }) => receipt);
}

/** Whether everything that a decision gave was taken back. */
export async function isWholeTakenBack(trx: ClockTransaction, tenant: string, decisionId: string): Promise<boolean> {
  const { rows } = await sql<{ isWhole: boolean | null }>`
    select bool_and(stage = 'withdrawn') as "isWhole" from release_slot
    where tenant = ${pgId(tenant)} and decision_id = ${pgId(decisionId)}`.execute(trx);
  return rows[0]?.isWhole === true;
}

/** What a recipient whose share was taken back was given of the same bequest since. */
export async function findGivenAnew(
  trx: ClockTransaction,
  { tenant, decisionId, r }: SlotName,
): Promise<{ decisionId: string; stage: SlotStage }[]> {
  const { rows } = await sql<{ decisionId: string; stage: SlotStage }>`
    select new.decision_id as "decisionId", slot.stage from release old
    join release new on new.tenant = old.tenant and new.b = old.b and new.decision_id <> old.decision_id
    join release_slot slot on slot.tenant = new.tenant and slot.decision_id = new.decision_id
    where old.tenant = ${pgId(tenant)} and old.decision_id = ${pgId(decisionId)} and slot.r = ${pgId(r)}
      and slot.stage in ('granted', 'fetched', 'opened') and new.kept > old.kept`.execute(trx);
  return rows;
}

/** The decision as it was signed and verified, and when it was made. */
export async function readRelease(trx: ClockTransaction, tenant: string, decisionId: string) {
  return trx
    .selectFrom("release")
    .select(["b", "statement", "decided_at as decidedAtMs"])
    .where("tenant", "=", pgId(tenant))
    .where("decision_id", "=", pgId(decisionId))
    .executeTakeFirst();
}
