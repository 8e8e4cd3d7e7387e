import type * as real from "../../storage/releases.ts";
import type { SlotMark } from "../../storage/releases.ts";
import { DatabaseError, statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

export const keepReleases: typeof real.keepReleases = async (trx, releases) => {
  if (releases.length === 0) return new Set();
  return statementIn(trx, async (own) => {
    const { release, account } = own.tables;
    const kept = new Set<string>();
    for (const { body, jws } of releases) {
      const { account: tenant, decisionId: decision_id, b, g, decidedAt: decided_at } = body;
      own.requireSeen(tenant, release.name);
      const key = keyOf.release(tenant, decision_id);
      if (!(await own.isFree(release, key))) continue;
      if (own.get(account, tenant) === undefined) throw new DatabaseError("release_tenant_fkey");
      own.write(release, key, { tenant, decision_id, b, g, statement: jws, decided_at, kept: own.database.nextKept() });
      kept.add(decision_id);
    }
    return kept;
  });
};

export const saveStages: typeof real.saveStages = async (trx, marks) => {
  if (marks.length === 0) return [];
  return statementIn(trx, async (own) => {
    const { release, release_slot } = own.tables;
    const touched = new Set<string>();
    const written: SlotMark[] = [];
    for (const { tenant, decisionId, r, stage } of marks) {
      own.requireSeen(tenant, release_slot.name);
      const key = keyOf.slot(tenant, decisionId, r);
      if (touched.has(key)) throw new DatabaseError("ON CONFLICT DO UPDATE command cannot affect row a second time");
      touched.add(key);
      await own.lock(release_slot, key);
      const row = own.get(release_slot, key);
      if (row !== undefined && row.withdrawn !== null) continue;
      own.write(release_slot, key, { tenant, decision_id: decisionId, r, stage, withdrawn: null });
      written.push({ tenant, decisionId, r, stage });
    }
    // Why last: foreign keys are looked at when the whole statement is written.
    if (marks.some(({ tenant, decisionId }) => own.get(release, keyOf.release(tenant, decisionId)) === undefined))
      throw new DatabaseError("release_slot_tenant_decision_id_fkey");
    return written;
  });
};

export const keepWithdrawals: typeof real.keepWithdrawals = async (trx, withdrawals) => {
  if (withdrawals.length === 0) return [];
  const kept = await statementIn(trx, async (own) => {
    const { release_slot } = own.tables;
    const written = new Set<string>();
    for (const { body, jws } of withdrawals) {
      const key = keyOf.slot(body.account, body.decisionId, body.r);
      const isOpen = () => own.sees(body.account) && own.get(release_slot, key)?.withdrawn === null;
      if (!isOpen()) continue;
      await own.lock(release_slot, key);
      const row = own.get(release_slot, key);
      if (row === undefined || !isOpen()) continue;
      own.write(release_slot, key, { ...row, stage: "withdrawn", withdrawn: jws });
      written.add(jws);
    }
    return written;
  });
  return withdrawals.filter(({ jws }) => kept.has(jws));
};

// Why none: this memory has no statements, which are the api's.
export const readTellingReceipts: typeof real.readTellingReceipts = async (trx) => statementIn(trx, async () => []);

export const readStage: typeof real.readStage = async (trx, { tenant, decisionId, r }) =>
  statementIn(trx, async (own) => {
    const slot = own.get(own.tables.release_slot, keyOf.slot(tenant, decisionId, r));
    return slot !== undefined && own.sees(tenant) ? slot.stage : null;
  });

export const isWholeTakenBack: typeof real.isWholeTakenBack = async (trx, tenant, decisionId) =>
  statementIn(trx, async (own) => {
    if (!own.sees(tenant)) return false;
    const slots = own.rowsUnder(own.tables.release_slot, "decision", keyOf.release(tenant, decisionId));
    return slots.length > 0 && slots.every(([, { stage }]) => stage === "withdrawn");
  });

const given: ReadonlySet<string> = new Set(["granted", "fetched", "opened"]);

export const findGivenAnew: typeof real.findGivenAnew = async (trx, { tenant, decisionId, r }) =>
  statementIn(trx, async (own) => {
    const { release, release_slot } = own.tables;
    const old = own.get(release, keyOf.release(tenant, decisionId));
    if (old === undefined || !own.sees(tenant)) return [];
    return own.rowsUnder(release, "bequest", `${tenant} ${old.b}`).flatMap(([, { decision_id, kept }]) => {
      const slot = own.get(release_slot, keyOf.slot(tenant, decision_id, r));
      if (kept <= old.kept || slot === undefined || !given.has(slot.stage)) return [];
      return [{ decisionId: decision_id, stage: slot.stage }];
    });
  });

export const readRelease: typeof real.readRelease = async (trx, tenant, decisionId) =>
  statementIn(trx, async (own) => {
    const row = own.sees(tenant) ? own.get(own.tables.release, keyOf.release(tenant, decisionId)) : undefined;
    return row === undefined ? undefined : { b: row.b, statement: row.statement, decidedAtMs: row.decided_at };
  });
