import type {
  appendAudit as realAppendAudit,
  appendAudits as realAppendAudits,
  AuditLeafTable,
} from "@afterkeep/platform";
import { encodeAuditLeaf } from "@afterkeep/platform";
import { DatabaseError, inMemory } from "./memory-database.ts";

export type { AuditLeafTable };

/* In place of platform's append-audit.ts where the database is in memory. Leaves are encoded and not kept: the clock zone never reads one. */

export const appendAudit: typeof realAppendAudit = async (transaction, entry) => {
  const trx = inMemory(transaction as never);
  return trx.statement(async () => {
    if (!trx.sees(entry.account)) throw new DatabaseError("row-level security policy for table audit_leaf");
    return encodeAuditLeaf(entry);
  });
};

export const appendAudits: typeof realAppendAudits = async (transaction, entries) => {
  for (const entry of entries) await appendAudit(transaction, entry);
};
