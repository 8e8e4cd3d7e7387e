import { openField, sealField } from "@afterkeep/platform";

// The places (tables and columns) are part of what is stored: the clock zone reads these fields too.

/** An account's own fields, sealed under its tenant's key. */
export function sealAccountField(
  dek: Uint8Array,
  tenant: string,
  column: "email" | "name" | "totp_secret",
  text: string,
) {
  return sealField(dek, { table: "account", column, tenant, row: tenant }, text);
}

export function openAccountField(
  dek: Uint8Array,
  tenant: string,
  column: "email" | "name" | "totp_secret",
  sealed: Uint8Array,
): string {
  return openField(dek, { table: "account", column, tenant, row: tenant }, sealed).toString("utf8");
}

/** A recipient's address. */
export function sealRecipientEmail(dek: Uint8Array, tenant: string, r: string, email: string): Buffer {
  return sealField(dek, { table: "recipient", column: "email", tenant, row: r }, email);
}

export function openRecipientEmail(dek: Uint8Array, tenant: string, r: string, sealed: Uint8Array): string {
  return openField(dek, { table: "recipient", column: "email", tenant, row: r }, sealed).toString("utf8");
}

/** An address as mail is sent to it: trimmed, its domain in lower case. */
export function deliverableEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return `${email.slice(0, at).trim()}@${email
    .slice(at + 1)
    .trim()
    .toLowerCase()}`;
}
