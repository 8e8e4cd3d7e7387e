import { newId } from "@afterkeep/bytes";
import { decodeJcsObject } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { type AuditEntry, encodeAuditLeaf } from "./audit-leaf.ts";

const entry: AuditEntry = {
  at: 1_700_000_000_000,
  account: newId(1),
  actor: "owner",
  actorId: newId(2),
  action: "document.committed",
  resource: `document:${newId(3)}`,
  fields: { count: 3, isFirst: true, policyHash: "A".repeat(43), state: "lastCall" },
  requestId: "6f1c1c66-94d8-4f34-8a8c-0f0a9d0f2c11",
};

describe("audit leaf", () => {
  it("is canonical JSON with every field present", () => {
    const leaf = decodeJcsObject(encodeAuditLeaf(entry), 8192);
    expect(leaf).toMatchObject({ ...entry, v: 1, ipClass: "" });
    expect(Object.keys(leaf)).toEqual([
      "account", "action", "actor", "actorId", "at", "fields", "id", "ipClass", "requestId", "resource", "v",
    ]); // prettier-ignore
  });

  it("is never equal to another leaf, even for equal entries", () => {
    expect(Buffer.from(encodeAuditLeaf(entry)).equals(encodeAuditLeaf(entry))).toBe(false);
  });

  it.each<[string, Partial<AuditEntry>]>([
    ["an address in a field", { fields: { who: "ada@example.org" } }],
    ["a name with a space in a field", { fields: { who: "Ada Lovelace" } }],
    ["a fraction", { fields: { share: 0.5 } }],
    ["a negative number", { fields: { left: -1 } }],
    ["a field name with a dot", { fields: { "a.b": 1 } }],
    ["an address as account", { account: "ada@example.org" }],
    ["free text as actor", { actorId: "Ada" }],
    ["capitals in the action", { action: "Document" }],
    ["free text in the resource", { resource: "document:my will.pdf" }],
    ["a resource with a tail", { resource: `document:${newId(3)}:x` }],
    ["a request id with an address", { requestId: "ada@example.org" }],
  ])("refuses %s", (_what, change) => {
    expect(() => encodeAuditLeaf({ ...entry, ...change })).toThrow();
  });
});
