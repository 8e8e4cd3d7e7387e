import { randomBytes } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { type AuditEntry, pgId, type TenantContext } from "@afterkeep/platform";
import { type TestDatabase, withDatabase } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import type { ApiTables } from "../services.ts";
import { insertStatement, type NewStatement } from "./statements.ts";

const [owner, other] = [newId(1), newId(2)];
const notedOf = (account: string): AuditEntry => ({
  ...{ at: 5, account, actor: "owner", actorId: account, action: "statement.checkin", resource: "", requestId: "r" },
});
const rowOf = (tenant: string, id = randomBytes(32)): NewStatement => ({
  ...{ tenant, id, kind: "checkin", seq: null, jws: "a.b.c", receipt: "d.e.f" },
  ...{ receipt_epoch: 1, receipt_counter: 7, accepted_at: 5 },
});

async function withAccounts(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  await withDatabase(async (database) => {
    await database.pool("superuser").query(
      `insert into account (id, dek, email, email_index, name, opaque_record, totp_secret, totp_last_step, keyring_version, keyring, created_at)
       select id, 'wrapped', 'e', uuid_send(id), 'n', '', '', 0, 0, '', 0 from unnest($1::uuid[]) id`,
      [[pgId(owner), pgId(other)]],
    );
    await work(database);
  });
}

const counted = async (database: TestDatabase) =>
  (
    await database
      .pool("superuser")
      .query("select (select count(*) from statement) as statements, (select count(*) from audit_leaf) as leaves")
  ).rows[0];

describe("keeping a statement in one command", () => {
  it("writes it with its leaf, once however often, and leaves nothing behind on the connection", () =>
    withAccounts(async (database) => {
      const api = database.kysely<ApiTables>("ak_api");
      const id = randomBytes(32);
      await api.connection().execute(async (one) => {
        await insertStatement(one, { tenant: owner, actor: owner }, rowOf(owner, id), notedOf(owner));
        await insertStatement(one, { tenant: owner, actor: owner }, rowOf(owner, id), notedOf(owner));
        expect(await one.selectFrom("statement").select("id").execute()).toEqual([]);
      });
      expect(await counted(database)).toEqual({ statements: 1, leaves: 1 });
    }));

  it("marks a receipt whose number another one of the account has, and a statement that has another receipt", () =>
    withAccounts(async (database) => {
      const api = database.kysely<ApiTables>("ak_api");
      const id = randomBytes(32);
      const keep = async (tenant: string, row: Partial<NewStatement>) =>
        insertStatement(api, { tenant, actor: null }, { ...rowOf(tenant), ...row }, notedOf(tenant));
      expect(await keep(owner, { id })).toEqual({ isNew: true, clashes: false });
      expect(await keep(other, {})).toEqual({ isNew: true, clashes: false });
      expect(await keep(owner, { receipt_epoch: 2 })).toEqual({ isNew: true, clashes: false });
      expect(await keep(owner, { id })).toEqual({ isNew: false, clashes: false });
      expect(await keep(owner, {})).toEqual({ isNew: true, clashes: true });
      expect(await keep(owner, { id, receipt: "another" })).toEqual({ isNew: false, clashes: true });
      expect(await counted(database)).toEqual({ statements: 4, leaves: 4 });
    }));

  it("is refused for another tenant's row, and for another tenant's leaf", () =>
    withAccounts(async (database) => {
      const api = database.kysely<ApiTables>("ak_api");
      const as: TenantContext = { tenant: owner, actor: owner };
      const foreign = insertStatement(api, as, rowOf(other), notedOf(other));
      await expect(foreign).rejects.toThrow(/row-level security/);
      expect(await counted(database)).toEqual({ statements: 0, leaves: 0 });
    }));

  it("writes within the caller's transaction, and vanishes with it", () =>
    withAccounts(async (database) => {
      const api = database.kysely<ApiTables>("ak_api");
      const undone = api.transaction().execute(async (tx) => {
        await insertStatement(tx, { tenant: owner, actor: null }, rowOf(owner), notedOf(owner));
        throw new Error("the rest failed");
      });
      await expect(undone).rejects.toThrow("the rest failed");
      expect(await counted(database)).toEqual({ statements: 0, leaves: 0 });
    }));
});
