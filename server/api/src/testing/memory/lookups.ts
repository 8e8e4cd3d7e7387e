import type * as real from "../../storage/lookups.ts";
import { statementIn } from "./memory-database.ts";

/* Definer functions: they see every tenant's rows. */

const bytesOf = (id: string) => Buffer.from(id, "base64url");
const byId = (a: string, b: string) => Buffer.compare(bytesOf(a), bytesOf(b));

export const listTenants: typeof real.listTenants = async (db, after, limit) =>
  statementIn(db, async (trx) => {
    const { account, statement } = trx.tables;
    const signed = [...account.entries()].map(([id]) => id).filter((id) => statement.under("tenant", id).size > 0);
    return signed
      .filter((id) => after === null || byId(id, after) > 0)
      .sort(byId)
      .slice(0, limit);
  });

export const findOldOffers: typeof real.findOldOffers = async (db, before) =>
  statementIn(db, async (trx) => {
    const old = [...trx.tables.manifest_offer.entries()].filter(([, { offered_at }]) => offered_at < before);
    return [...new Set(old.map(([, { tenant }]) => tenant))].slice(0, 100);
  });
