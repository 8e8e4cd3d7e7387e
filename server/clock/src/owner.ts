import { openField } from "@afterkeep/platform";
import type { ClockTransaction } from "./clock-parts.ts";
import { findAccount, findRecipientAddress } from "./storage/accounts.ts";
import type { TenantKeys } from "./tenant-keys.ts";

/** Whom to write to and under which key. Personal data: in memory only. */
export type Owner = { name: string; email: string; dek: Uint8Array };

/** The owner of a tenant; null when the database has no such account. */
export async function readOwner(trx: ClockTransaction, keys: TenantKeys, tenant: string): Promise<Owner | null> {
  const row = await findAccount(trx, tenant);
  if (row === undefined) return null;
  const dek = await keys.dekOf(tenant, row.dek);
  const open = (column: "email" | "name") =>
    openField(dek, { table: "account", column, tenant, row: tenant }, row[column]);
  return { dek, email: open("email").toString("utf8"), name: open("name").toString("utf8") };
}

/** A recipient's address; null when the database has no such recipient. */
export async function readRecipientAddress(
  trx: ClockTransaction,
  owner: Owner,
  { tenant, r }: { tenant: string; r: string },
): Promise<string | null> {
  const sealed = await findRecipientAddress(trx, { tenant, r });
  if (sealed === null) return null;
  return openField(owner.dek, { table: "recipient", column: "email", tenant, row: r }, sealed).toString("utf8");
}
