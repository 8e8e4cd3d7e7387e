import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { inTenant } from "../database/in-tenant.ts";
import { inTenants } from "../database/in-tenants.ts";
import { withDatabase } from "../testing/index.ts";
import { appendAudit, appendAudits, type AuditLeafTable } from "./append-audit.ts";
import type { AuditEntry } from "./audit-leaf.ts";

type Schema = { audit_leaf: AuditLeafTable };
const tenant = newId(1);
const entryOf = (account: string): AuditEntry => ({
  at: 5,
  account,
  actor: "owner",
  actorId: account,
  action: "account.create",
  resource: "",
  requestId: "r1",
});

describe("appending to the audit log", () => {
  it("commits with the change and vanishes with it", () =>
    withDatabase(async (database) => {
      const api = database.kysely<Schema>("ak_api");
      const leaf = await inTenant(api, { tenant, actor: tenant }, (trx) => appendAudit(trx, entryOf(tenant)));
      const undone = inTenant(api, { tenant, actor: tenant }, async (trx) => {
        await appendAudit(trx, entryOf(tenant));
        throw new Error("the change failed");
      });
      await expect(undone).rejects.toThrow("the change failed");
      const rows = await inTenant(api, { tenant, actor: null }, (trx) =>
        trx.selectFrom("audit_leaf").select(["tenant", "leaf", "sequence_index"]).execute(),
      );
      expect(rows).toEqual([{ tenant, leaf: Buffer.from(leaf), sequence_index: null }]);
    }));

  it("numbers many leaves in the order in which they are given, or writes none of them", () =>
    withDatabase(async (database) => {
      const clock = database.kysely<Schema>("ak_clock");
      const tenants = Array.from({ length: 50 }, () => newId(7));
      const entries = Array.from({ length: 300 }, (_, at) => ({ ...entryOf(tenants[at % 50] ?? ""), at }));
      await inTenants(clock, tenants, (trx) => appendAudits(trx, entries));
      const { rows } = await database.pool("superuser").query("select at, tenant from audit_leaf order by id");
      expect(rows).toEqual(entries.map(({ at, account }) => ({ at, tenant: account })));
      const foreign = inTenants(clock, tenants, (trx) => appendAudits(trx, [...entries, entryOf(newId(8))]));
      await expect(foreign).rejects.toThrow(/row-level security/);
      expect((await database.pool("superuser").query("select 1 from audit_leaf")).rowCount).toBe(300);
    }));

  it("takes a leaf of no account and hides it from every account", () =>
    withDatabase(async (database) => {
      const api = database.kysely<Schema>("ak_api");
      await api.transaction().execute((trx) => appendAudit(trx, entryOf("")));
      const seen = await inTenant(api, { tenant, actor: null }, (trx) =>
        trx.selectFrom("audit_leaf").select("id").execute(),
      );
      expect(seen).toEqual([]);
      expect((await database.pool("ak_auditor").query("select tenant from audit_leaf")).rows).toEqual([
        { tenant: null },
      ]);
    }));

  it("refuses a leaf for another account, and shows none of another's", () =>
    withDatabase(async (database) => {
      const api = database.kysely<Schema>("ak_api");
      const foreign = inTenant(api, { tenant, actor: null }, (trx) => appendAudit(trx, entryOf(newId(2))));
      await expect(foreign).rejects.toThrow(/row-level security/);
      await inTenant(api, { tenant, actor: null }, (trx) => appendAudit(trx, entryOf(tenant)));
      const other = await inTenant(api, { tenant: newId(2), actor: null }, (trx) =>
        trx.selectFrom("audit_leaf").select("id").execute(),
      );
      expect(other).toEqual([]);
    }));

  it.each(["ak_api", "ak_clock", "ak_auditor"] as const)("lets %s neither alter nor remove nor number a leaf", (role) =>
    withDatabase(async (database) => {
      const api = database.kysely<Schema>("ak_api");
      await inTenant(api, { tenant, actor: null }, (trx) => appendAudit(trx, entryOf(tenant)));
      const pool = database.pool(role);
      await expect(pool.query("update audit_leaf set leaf = 'x'")).rejects.toThrow(/permission denied/);
      await expect(pool.query("update audit_leaf set sequence_index = 0")).rejects.toThrow(/permission denied/);
      await expect(pool.query("delete from audit_leaf")).rejects.toThrow(/permission denied/);
      await expect(pool.query("truncate audit_leaf")).rejects.toThrow(/permission denied/);
    }),
  );

  it("guards even the owner of the table against mistakes", () =>
    withDatabase(async (database) => {
      const api = database.kysely<Schema>("ak_api");
      await inTenant(api, { tenant, actor: null }, (trx) => appendAudit(trx, entryOf(tenant)));
      const owner = database.pool("superuser");
      for (const statement of ["update audit_leaf set leaf = 'x'", "delete from audit_leaf", "truncate audit_leaf"])
        await expect(owner.query(statement)).rejects.toThrow(/never altered or removed/);
    }));
});
