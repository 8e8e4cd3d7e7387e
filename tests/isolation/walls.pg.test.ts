import { type TestDatabase, withDatabase } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";

const zoneRoles = ["ak_api", "ak_clock", "ak_auditor"] as const;

/** Policies that do not look at the tenant, each with its reason. Adding one here is a decision. */
const blindPolicies: Record<string, string> = {
  "audit_leaf.audit_leaf_audit": "the auditor orders every account's leaves; they hold ids, hashes and words of ours",
  "clock_cursor.clock_alone": "one row that belongs to no account",
  "told_order.clock_alone": "orders of the operators, which belong to no account",
};

/** What runs past row-level security, and who may call it. Adding one here is a decision. */
const definerFunctions: Record<string, readonly string[]> = {
  audit_sequence: ["ak_auditor"],
  claim_switches: ["ak_clock"],
  delete_expired_access: ["ak_api"],
  digest_tenants: ["ak_api"],
  find_account: ["ak_api"],
  find_link: ["ak_api"],
  find_old_offers: ["ak_api"],
  find_recipients: ["ak_api"],
  find_reminders_to_note: ["ak_clock"],
  find_session: ["ak_api"],
  find_stale_pending: ["ak_api"],
  find_stale_retired: ["ak_api"],
  find_ticket: ["ak_api"],
  list_tenants: [],
  outbox_claim: ["ak_clock"],
  summarize_tenants: ["ak_api"],
  telling_receipts: ["ak_api", "ak_clock"],
};

/** What comes through a door besides ids, counts and yes or no. */
const givenToo: Record<string, { why: string; result: string }> = {
  digest_tenants: {
    why: "a hash of ids and receipts that nobody could guess",
    result: "TABLE(tenant uuid, digest bytea, is_unstored boolean)",
  },
  find_session: {
    why: "what the holder of the token was given",
    result: "TABLE(tenant uuid, channel text, recipient uuid, seen_at bigint, idle_ms bigint, absolute_expiry bigint)",
  },
  summarize_tenants: {
    why: "numbers, and a hash of ids that nobody could guess",
    result:
      "TABLE(tenant uuid, seq bigint, epoch bigint, counter bigint, digest bytea, is_unstored boolean, is_clashing boolean)",
  },
  telling_receipts: {
    why: "receipts of the transaction's own account, which their keyholder gave and is shown",
    result: "TABLE(receipt text)",
  },
};

async function rowsOf<Row extends object>(database: TestDatabase, text: string): Promise<Row[]> {
  const pool = database.pool("superuser");
  const { rows } = await pool.query<Row>(text);
  return rows;
}

describe("the walls in the database", () => {
  it("close every table row by row", () =>
    withDatabase(async (database) => {
      const open = await rowsOf<{ name: string }>(
        database,
        `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p', 'm', 'f')
           and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`,
      );
      expect(open).toEqual([]);
      const views = await rowsOf(database, "select viewname from pg_views where schemaname = 'public'");
      expect(views).toEqual([]);
    }));

  it("ask for the tenant in every policy that has no written reason not to", () =>
    withDatabase(async (database) => {
      const policies = await rowsOf<{ name: string; qual: string | null; check: string | null; command: string }>(
        database,
        `select tablename || '.' || policyname as name, qual, with_check as check, cmd as command from pg_policies where schemaname = 'public'`,
      );
      expect(policies.length).toBeGreaterThan(10);
      const asksTenant = (text: string | null) =>
        text !== null && /'ak\.tenants?'/.test(text) && /\b(tenant|id) =/.test(text);
      const blind = policies.filter(
        ({ qual, check, command }) => !(command === "INSERT" ? asksTenant(check) : asksTenant(qual)),
      );
      expect(blind.map(({ name }) => name).sort()).toEqual(Object.keys(blindPolicies).sort());
    }));

  it("give no zone's role a way around them", () =>
    withDatabase(async (database) => {
      const roles = await rowsOf<{ name: string; walled: boolean }>(
        database,
        `select rolname as name, not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
           or pg_has_role(rolname, 'ak_owner', 'member')) as walled
         from pg_roles where rolname like 'ak\\_%' and rolname not in ('ak_owner', 'ak_superuser') order by 1`,
      );
      expect(roles).toEqual([...zoneRoles].sort().map((name) => ({ name, walled: true })));
      const owned = await rowsOf(
        database,
        "select relname from pg_class where relowner in (select oid from pg_roles where rolname in ('ak_api', 'ak_clock', 'ak_auditor'))",
      );
      expect(owned).toEqual([]);
      const usable = await rowsOf(
        database,
        `select nspname, rolname from pg_namespace, pg_roles where rolname in ('ak_api', 'ak_clock', 'ak_auditor')
           and nspname not in ('public', 'pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'
           and has_schema_privilege(rolname, nspname, 'usage')`,
      );
      expect(usable).toEqual([]);
      const makers = await rowsOf(
        database,
        "select rolname from pg_roles where rolname like 'ak\\_%' and rolname not in ('ak_owner', 'ak_superuser') and has_schema_privilege(rolname, 'public', 'create')",
      );
      expect(makers).toEqual([]);
    }));

  it("have no doors but the listed look-ups, each for its zone alone and with a fixed search path", () =>
    withDatabase(async (database) => {
      const doors = await rowsOf<{ name: string; callers: string[]; pinned: boolean; result: string }>(
        database,
        `select p.proname as name, coalesce(p.proconfig::text, '') like '%search_path%' as pinned,
           pg_get_function_result(p.oid) as result,
           array(select rolname::text from pg_roles where rolname in ('ak_api', 'ak_clock', 'ak_auditor')
                 and has_function_privilege(rolname, p.oid, 'execute') order by 1) as callers
         from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where p.prosecdef and n.nspname = 'public' order by 1`,
      );
      expect(Object.fromEntries(doors.map(({ name, callers }) => [name, callers]))).toEqual(definerFunctions);
      for (const { name, pinned, result } of doors) {
        expect(pinned).toBe(true);
        const more = givenToo[name];
        if (more !== undefined) {
          expect(result, more.why).toBe(more.result);
          continue;
        }
        // Ids, counts and yes or no alone: nothing that a tenant wrote comes through a door.
        expect(result.replaceAll(/TABLE\(|\)|\w+ (?=uuid|integer|boolean)/g, "")).toMatch(
          /^(uuid|integer|void)(, (uuid|integer|boolean))*$/,
        );
      }
    }));

  it("keep each zone to its own tables", () =>
    withDatabase(async (database) => {
      const rights = await rowsOf<{ role: string; name: string }>(
        database,
        `select rolname as role, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles
         where n.nspname = 'public' and c.relkind = 'r' and rolname in ('ak_api', 'ak_clock', 'ak_auditor')
           and (has_any_column_privilege(rolname, c.oid, 'select, insert, update') or has_table_privilege(rolname, c.oid, 'delete, truncate'))
         order by 1, 2`,
      );
      const of = (role: string) => rights.filter((right) => right.role === role).map(({ name }) => name);
      expect(of("ak_auditor")).toEqual(["audit_leaf"]);
      for (const secret of [
        "document",
        "manifest",
        "manifest_offer",
        "session",
        "ticket",
        "statement",
        "bequest",
        "account_slot",
      ])
        expect(of("ak_clock")).not.toContain(secret);
      for (const mirror of ["switch_state", "release", "release_slot", "reminder", "clock_cursor", "told_order"])
        expect(of("ak_api")).not.toContain(mirror);
    }));
});
