import { pgId } from "@afterkeep/platform";
import type { TestDatabase, TestRole } from "@afterkeep/platform/testing";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { withStack } from "../stack/a-stack.ts";
import { anOwner } from "../stack/an-owner.ts";

const zoneRoles = ["ak_api", "ak_clock", "ak_auditor"] as const;
const refused = "42501";

type Table = { name: string; column: "tenant" | "id" };

async function tenantTables(admin: pg.Pool): Promise<Table[]> {
  const { rows } = await admin.query<Table>(
    `select c.relname as name, case when c.relname = 'account' then 'id' else 'tenant' end as column
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' and c.relname not in ('clock_cursor', 'told_order') order by 1`,
  );
  return rows;
}

/** One row of everything that only the clock zone makes. */
async function addClockRows(admin: pg.Pool, tenant: string): Promise<void> {
  const hash = Buffer.alloc(32, 7);
  const id = pgId(tenant);
  await admin.query("insert into switch_state values ($1, $1, 1, 1, 1, 'armed', $2, $2, 0, 0)", [id, hash]);
  await admin.query("insert into release values ($1, $1, $1, 1, 'x', 0)", [id]);
  await admin.query("insert into release_slot values ($1, $1, $1, 'granted', null)", [id]);
  await admin.query(
    "insert into reminder select $1, $1, $2, 'grace', 0, id, 1, 0, null, null from outbox where tenant = $1 limit 1",
    [id, hash],
  );
}

/** Without the place in the log: the stack's auditor gives leaves theirs while this test runs. */
const digest = async (admin: pg.Pool, { name, column }: Table, tenant: string) =>
  (
    await admin.query<{ d: string }>(
      `select coalesce(md5(string_agg(row::text, '|' order by row::text)), '') as d from (select to_jsonb(t) - 'sequence_index' as row from "${name}" t where ${column} = $1) rows`,
      [pgId(tenant)],
    )
  ).rows[0]?.d;

/** Runs one statement as a role in a tenant's context; its rows, or the SQLSTATE of its refusal. */
async function as(database: TestDatabase, role: TestRole, tenant: string | null, text: string, values: unknown[] = []) {
  const pool = database.pool(role);
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('ak.tenant', $1, true)", [tenant === null ? "" : pgId(tenant)]);
    const { rows, rowCount } = await client.query<Record<string, unknown>>(text, values);
    await client.query("commit");
    return { rows, count: rowCount ?? 0, code: "" };
  } catch (error) {
    await client.query("rollback");
    return { rows: [], count: 0, code: error instanceof Error && "code" in error ? String(error.code) : "?" };
  } finally {
    client.release();
    await pool.end();
  }
}

describe("two tenants in one database", () => {
  it("never see, change, remove or make each other's rows, as any role and in any table", () =>
    withStack(async (stack) => {
      const { database } = stack;
      const [ours, theirs] = [await anOwner(stack), await anOwner(stack)];
      for (const owner of [ours, theirs]) await anArmedBequest(owner, await aRecipient(owner));
      const admin = database.pool("superuser");
      for (const { account } of [ours, theirs]) await addClockRows(admin, account);
      // A sign-in that was begun and not finished.
      await admin.query(
        "insert into ticket select decode(md5(id::text) || md5(id::text), 'hex'), id, 'sign-in', 'x', 0, 9999999999999 from account",
      );
      // A list that the keyholder was asked about.
      await admin.query(
        "insert into manifest_offer select id, decode(repeat('07', 32), 'hex'), id, 1, 1, 'x', '{}', '{}', '{}', '{}', '{}', 1, 0 from account",
      );
      const tables = await tenantTables(admin);
      expect(tables.length).toBeGreaterThanOrEqual(16);
      for (const table of tables) {
        const { name, column } = table;
        const before = await digest(admin, table, theirs.account);
        expect([name, before]).not.toEqual([name, ""]);
        const {
          rows: [row],
        } = await admin.query<{ row: unknown }>(
          `select to_jsonb(t) as row from "${name}" t where ${column} = $1 limit 1`,
          [pgId(theirs.account)],
        );
        for (const role of zoneRoles) {
          const where = `${name} as ${role}`;
          const isAuditorsOwn = name === "audit_leaf" && role === "ak_auditor";
          const seenByNobody = await as(database, role, null, `select ${column} as tenant from "${name}"`);
          if (!isAuditorsOwn) expect([where, seenByNobody.rows]).toEqual([where, []]);
          const seen = await as(database, role, ours.account, `select ${column} as tenant from "${name}"`);
          if (!isAuditorsOwn)
            expect([where, seen.rows.filter(({ tenant }) => tenant !== ours.account)]).toEqual([where, []]);
          if (role === "ak_api" && seen.code === "") expect([where, seen.rows.length]).not.toEqual([where, 0]);
          const updated = await as(
            database,
            role,
            ours.account,
            `update "${name}" set ${column} = ${column} where ${column} = $1`,
            [pgId(theirs.account)],
          );
          expect([where, updated.code === refused ? 0 : updated.count]).toEqual([where, 0]);
          const deleted = await as(database, role, ours.account, `delete from "${name}" where ${column} = $1`, [
            pgId(theirs.account),
          ]);
          expect([where, deleted.code === refused ? 0 : deleted.count]).toEqual([where, 0]);
          const made = await as(
            database,
            role,
            ours.account,
            `insert into "${name}" select * from jsonb_populate_record(null::"${name}", $1::jsonb)`,
            [JSON.stringify(row?.row)],
          );
          expect([where, made.code]).toEqual([
            where,
            name === "audit_leaf" && made.code === "428C9" ? "428C9" : refused,
          ]);
        }
        expect([name, await digest(admin, table, theirs.account)]).toEqual([name, before]);
      }
      await admin.end();
    }));

  it("cannot move a row of their own to the other", () =>
    withStack(async (stack) => {
      const [ours, theirs] = [await anOwner(stack), await anOwner(stack)];
      await anArmedBequest(ours, await aRecipient(ours));
      for (const name of [
        "recipient",
        "document",
        "document_part",
        "document_metadata",
        "bequest",
        "session",
        "link_token",
        "statement",
      ]) {
        const moved = await as(stack.database, "ak_api", ours.account, `update "${name}" set tenant = $1`, [
          pgId(theirs.account),
        ]);
        expect([name, moved.code]).toEqual([name, refused]);
      }
    }));
});
