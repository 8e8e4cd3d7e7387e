import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../testing/with-database.ts";
import { inTenant } from "./in-tenant.ts";
import { idFromPg, pgId } from "./pg-id.ts";

type Schema = { note: { tenant: string; count: number; body: Uint8Array } };

const aNoteTable = `
  create table note (tenant uuid not null, count bigint not null, body bytea not null);
  alter table note enable row level security;
  alter table note force row level security;
  create policy own on note using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
  grant select, insert on note to ak_api;
`;
const anId = () => idFromPg(randomUUID());

describe("the tenant context", () => {
  it("lets a role see its tenant's rows, in our own types, and nobody else's", () =>
    withDatabase(async (database) => {
      await database.pool("ak_owner").query(aNoteTable);
      const db = database.kysely<Schema>("ak_api");
      const [ours, theirs] = [anId(), anId()];
      for (const tenant of [ours, theirs])
        await inTenant(db, { tenant, actor: null }, (transaction) =>
          transaction
            .insertInto("note")
            .values({ tenant: pgId(tenant), count: 2 ** 40, body: Buffer.from("x") })
            .execute(),
        );
      const seen = await inTenant(db, { tenant: ours, actor: ours }, (transaction) =>
        transaction.selectFrom("note").selectAll().execute(),
      );
      expect(seen).toEqual([{ tenant: ours, count: 2 ** 40, body: Buffer.from("x") }]);
      expect(await db.selectFrom("note").selectAll().execute()).toEqual([]);
    }));

  it("ends with its transaction", () =>
    withDatabase(async (database) => {
      const db = database.kysely<Schema>("ak_api");
      await inTenant(db, { tenant: anId(), actor: anId() }, (transaction) => sql`select 1`.execute(transaction));
      const { rows } = await sql<{ tenant: string }>`select current_setting('ak.tenant', true) as tenant`.execute(db);
      expect(rows).toEqual([{ tenant: "" }]);
    }));

  it("refuses an id that is not ours before it reaches the database", () =>
    withDatabase(async (database) => {
      const db = database.kysely<Schema>("ak_api");
      for (const tenant of ["", "'; drop table note --", randomUUID(), "AAAAAAAAAAAAAAAAAAAAAB"])
        await expect(inTenant(db, { tenant, actor: null }, async () => 1)).rejects.toMatchObject({
          code: "invalid-id",
        });
    }));
});
