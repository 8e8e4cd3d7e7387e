import { leafHash } from "@afterkeep/merkle";
import { type AuditEntry, encodeAuditLeaf } from "@afterkeep/platform";
import { hex, namedId, type VectorFile } from "./values.ts";

const account = namedId("account");
const at = 1_700_000_000_000;
const entries: Record<string, AuditEntry> = {
  full: {
    at,
    account,
    actor: "owner",
    actorId: account,
    action: "document.committed",
    resource: `document:${namedId("document")}`,
    fields: { version: 3, isFirst: false, verId: namedId("version"), state: "lastCall" },
    requestId: "6f1c1c66-94d8-4f34-8a8c-0f0a9d0f2c11",
    ipClass: "public",
  },
  bare: { at: 0, account: "", actor: "system", actorId: "", action: "server.started", resource: "", requestId: "" },
};

/** Audit leaves: what is said, the bytes, and the hash under which they are in the tree. */
export function auditLogVectors(): VectorFile {
  return {
    about: "audit leaves; bytes are hexadecimal",
    leaves: Object.entries(entries).map(([name, entry]) => {
      const id = namedId(`leaf ${name}`);
      const leaf = encodeAuditLeaf(entry, id);
      return { id, entry: { fields: {}, ipClass: "", ...entry }, leaf: hex(leaf), leafHash: hex(leafHash(leaf)) };
    }),
  };
}
