import type * as real from "../../storage/lookups.ts";
import { createHash } from "node:crypto";
import { byReceipt, signedKinds } from "./statements.ts";
import { keyOf, type MemoryTables } from "./memory-rows.ts";
import { statementIn } from "./memory-database.ts";

/* Definer functions: they see every tenant's rows. */

const bytesOf = (id: string) => Buffer.from(id, "base64url");
const byId = (a: string, b: string) => Buffer.compare(bytesOf(a), bytesOf(b));

function listTenants({ account, statement }: MemoryTables, after: string | null, limit: number): string[] {
  const signed = [...account.entries()].map(([id]) => id).filter((id) => statement.under("tenant", id).size > 0);
  return signed
    .filter((id) => after === null || byId(id, after) > 0)
    .sort(byId)
    .slice(0, limit);
}

export const summarizeTenants: typeof real.summarizeTenants = async (db, after, limit) =>
  statementIn(db, async ({ tables }) =>
    listTenants(tables, after, limit).flatMap((tenant) => {
      const { statement } = tables;
      const rows = [...statement.under("tenant", tenant)].flatMap((key) => statement.get(key) ?? []).sort(byReceipt);
      const newest = rows.at(-1);
      if (newest === undefined) return [];
      const seq = Math.max(-1, ...rows.map((row) => row.seq ?? -1));
      const before = rows.find((row) => row.seq === seq - 1) ?? { receipt_epoch: -1, receipt_counter: -1 };
      const signed = rows.filter((row) => signedKinds.has(row.kind) && byReceipt(row, before) > 0).map(({ id }) => id);
      const digest = hashOf(Buffer.concat(signed.sort(Buffer.compare)));
      const is_unstored = isUnstored(tables, tenant);
      const { receipt_epoch: epoch, receipt_counter: counter } = newest;
      const is_clashing = rows.some(({ clashes, receipt_epoch }) => clashes === true && receipt_epoch === epoch);
      return [{ tenant, seq, epoch, counter, digest, is_unstored, is_clashing }];
    }),
  );

export const digestTenants: typeof real.digestTenants = async (db, after, limit) =>
  statementIn(db, async ({ tables }) =>
    listTenants(tables, after, limit).map((tenant) => {
      const rows = [...tables.statement.under("tenant", tenant)].flatMap((key) => tables.statement.get(key) ?? []);
      const signed = rows.filter(({ kind }) => signedKinds.has(kind));
      const parts = signed.map(({ id, receipt }) => Buffer.concat([id, hashOf(receipt)]));
      const digest = hashOf(Buffer.concat(parts.sort(Buffer.compare)));
      return { tenant, digest, is_unstored: isUnstored(tables, tenant) };
    }),
  );

const hashOf = (data: Buffer | string) => createHash("sha256").update(data).digest();

function isUnstored({ statement, manifest_offer }: MemoryTables, tenant: string): boolean {
  const offers = [...manifest_offer.entries()].filter(([, offer]) => offer.tenant === tenant);
  return offers.some(([, { statement_id }]) => statement.get(keyOf.statement(tenant, statement_id)) !== undefined);
}

export const findOldOffers: typeof real.findOldOffers = async (db, before) =>
  statementIn(db, async (trx) => {
    const old = [...trx.tables.manifest_offer.entries()].filter(([, { offered_at }]) => offered_at < before);
    return [...new Set(old.map(([, { tenant }]) => tenant))].slice(0, 100);
  });
