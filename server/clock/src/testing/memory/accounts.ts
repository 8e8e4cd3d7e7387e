import type * as real from "../../storage/accounts.ts";
import { DatabaseError, statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

export const findAccount: typeof real.findAccount = async (trx, tenant) =>
  statementIn(trx, async (own) => {
    const row = own.sees(tenant) ? own.get(own.tables.account, tenant) : undefined;
    return row === undefined ? undefined : { dek: row.dek, email: row.email, name: row.name };
  });

export const findRecipientAddress: typeof real.findRecipientAddress = async (trx, { tenant, r }) =>
  statementIn(trx, async (own) => {
    const row = own.seesAlone(tenant) ? own.get(own.tables.recipient, keyOf.recipient({ tenant, r })) : undefined;
    return row?.email ?? null;
  });

export const noteBounce: typeof real.noteBounce = async (trx, tenant, r) =>
  statementIn(trx, async (own) => {
    const { recipient } = own.tables;
    const key = keyOf.recipient({ tenant, r });
    if (!own.seesAlone(tenant) || own.get(recipient, key) === undefined) return;
    await own.lock(recipient, key);
    const row = own.get(recipient, key);
    if (row !== undefined) own.write(recipient, key, { ...row, bounced: true });
  });

export const addOpenLink: typeof real.addOpenLink = async (trx, { tenant, r, hash, nowMs }) =>
  statementIn(trx, async (own) => {
    const { link_token, recipient } = own.tables;
    if (!own.seesAlone(tenant)) throw new DatabaseError('new row violates row-level security policy "link_token"');
    if (own.get(recipient, keyOf.recipient({ tenant, r })) === undefined)
      throw new DatabaseError("link_token_tenant_recipient_fkey");
    const key = hash.toString("base64url");
    await own.lock(link_token, key);
    if (own.get(link_token, key) !== undefined) throw new DatabaseError("link_token_pkey");
    own.write(link_token, key, { hash, tenant, kind: "open", recipient: r, created_at: nowMs, expires_at: null });
  });
