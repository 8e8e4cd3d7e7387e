import { InvariantError } from "@afterkeep/platform";
import { openAccountField } from "../access/personal-fields.ts";
import type { Call, Tx } from "../context/call.ts";
import { type AccountRow, readAccount } from "../storage/accounts.ts";

export type OwnAccount = { row: AccountRow; dek: Uint8Array; email: string; name: string };

/** The transaction's own account with its personal fields open. */
export async function readOwnAccount(call: Call, tx: Tx): Promise<OwnAccount> {
  const row = await readAccount(tx);
  if (row === null) throw new InvariantError("account-missing", "This account's row is missing.");
  const dek = await call.services.deks.dekOf(row.id, row.dek);
  return {
    row,
    dek,
    email: openAccountField(dek, row.id, "email", row.email),
    name: openAccountField(dek, row.id, "name", row.name),
  };
}
