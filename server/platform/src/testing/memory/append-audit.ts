import type {
  appendAudit as realAppendAudit,
  appendAudits as realAppendAudits,
  AuditLeafTable,
} from "../../audit/append-audit.ts";
import { encodeAuditLeaf } from "../../audit/audit-leaf.ts";
import { DatabaseError, inMemory } from "./memory-database.ts";

export type { AuditLeafTable };

/* In place of platform's append-audit.ts where the database is in memory. Leaves are encoded and not kept: nothing that is simulated reads one. */

export const appendAudit: typeof realAppendAudit = async (transaction, entry) => {
  const trx = inMemory(transaction);
  return trx.statement(async () => {
    if (!trx.sees(entry.account)) throw new DatabaseError("row-level security policy for table audit_leaf");
    return encodeAuditLeaf(entry);
  });
};

export const appendAudits: typeof realAppendAudits = async (transaction, entries) => {
  for (const entry of entries) await appendAudit(transaction, entry);
};
