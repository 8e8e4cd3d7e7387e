import { MemoryTable } from "@afterkeep/platform/testing/memory";
import type { Insertable, Selectable } from "kysely";
import type { ApiTables } from "../../services.ts";

type Rows<Name extends keyof ApiTables> = Selectable<ApiTables[Name]>;
export type AccountRow = Rows<"account">;
export type BequestRow = Rows<"bequest">;
export type StatementRow = Insertable<ApiTables["statement"]>;
export type ManifestRow = Rows<"manifest">;
export type OfferRow = Rows<"manifest_offer">;
/** What the log says of a kept statement. */
type LeafRow = { readonly tenant: string; readonly at: number; readonly leaf: Buffer };

export type MemoryTables = {
  readonly account: MemoryTable<AccountRow>;
  readonly bequest: MemoryTable<BequestRow>;
  readonly statement: MemoryTable<StatementRow>;
  /** The key of which no two statements of an account may have the same: their place in the chain. */
  readonly statement_seq: MemoryTable<{ readonly id: string }>;
  readonly audit_leaf: MemoryTable<LeafRow>;
  readonly manifest: MemoryTable<ManifestRow>;
  readonly manifest_offer: MemoryTable<OfferRow>;
};

/** Primary keys, and the other unique one. */
export const keyOf = {
  bequest: (tenant: string, b: string) => `${tenant} ${b}`,
  statement: (tenant: string, id: Buffer) => `${tenant} ${id.toString("base64url")}`,
  seq: (tenant: string, seq: number) => `${tenant} ${seq}`,
  manifest: ({ tenant, b, g, mseq }: Pick<ManifestRow, "tenant" | "b" | "g" | "mseq">) => `${tenant} ${b} ${g} ${mseq}`,
  offer: (tenant: string, statementId: Buffer) => `${tenant} ${statementId.toString("base64url")}`,
} as const;

export function newTables(): MemoryTables {
  const tenant = (row: { readonly tenant: string }) => row.tenant;
  return {
    account: new MemoryTable("account"),
    bequest: new MemoryTable("bequest"),
    statement: new MemoryTable<StatementRow>("statement", { tenant }),
    statement_seq: new MemoryTable("statement_seq"),
    audit_leaf: new MemoryTable("audit_leaf"),
    manifest: new MemoryTable<ManifestRow>("manifest", {
      tenant,
      statement: (row) => keyOf.offer(row.tenant, row.statement_id),
    }),
    manifest_offer: new MemoryTable<OfferRow>("manifest_offer", { tenant }),
  };
}
