import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asAdmin, migrate, prepareDatabase, startPostgres } from "@afterkeep/platform";
import * as z from "zod";

// Prints what the migrations make, as PostgreSQL itself describes it, in an order that does not depend on anything else.
const schemas = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg_temp%'";
const name = (schema: string, object: string) => `quote_ident(${schema}) || '.' || quote_ident(${object})`;
const table = name("n.nspname", "c.relname");
const fromTables = `from pg_class c join pg_namespace n on n.oid = c.relnamespace`;

const chapters: Record<string, string> = {
  types: `select 'create type ' || ${name("n.nspname", "t.typname")} || ' as enum (' ||
      string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) || ');' as line
    from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_enum e on e.enumtypid = t.oid
    where ${schemas} group by n.nspname, t.typname`,
  tables: `select 'create table ' || ${table} || E' (\\n' || string_agg('  ' || quote_ident(a.attname) || ' ' ||
        format_type(a.atttypid, a.atttypmod) ||
        case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' else '' end ||
        coalesce(case when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
          else ' default ' || pg_get_expr(d.adbin, d.adrelid) end, '') ||
        case when a.attnotnull then ' not null' else '' end, E',\\n' order by a.attnum) || E'\\n);' as line
    ${fromTables} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${schemas} and c.relkind in ('r', 'p') group by n.nspname, c.relname`,
  sequences: `select 'create sequence ' || ${table} || ';' as line ${fromTables} where ${schemas} and c.relkind = 'S'`,
  views: `select 'create view ' || ${table} || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') || E' as\\n' ||
      pg_get_viewdef(c.oid) as line
    ${fromTables} where ${schemas} and c.relkind in ('v', 'm')`,
  constraints: `select 'alter table ' || ${table} || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) || ';' as line
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where ${schemas}`,
  indexes: `select pg_get_indexdef(i.indexrelid) || ';' as line
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where ${schemas} and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)`,
  functions: `select pg_get_functiondef(p.oid) || ';' as line
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${schemas} and p.prokind in ('f', 'p')`,
  triggers: `select pg_get_triggerdef(t.oid) || ';' as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${schemas} and not t.tgisinternal`,
  "row-level security": `select 'alter table ' || ${table} ||
      case when c.relrowsecurity then ' enable' else ' disable' end || ' row level security,' ||
      case when c.relforcerowsecurity then ' force' else ' no force' end || ' row level security;' as line
    ${fromTables} where ${schemas} and c.relkind in ('r', 'p')`,
  policies: `select 'create policy ' || quote_ident(policyname) || ' on ' || ${name("schemaname", "tablename")} || ' as ' || permissive ||
      ' for ' || cmd || ' to ' || array_to_string(roles, ', ') ||
      coalesce(E'\\n  using (' || qual || ')', '') || coalesce(E'\\n  with check (' || with_check || ')', '') || ';' as line
    from pg_policies`,
  "rights on tables": `select 'grant ' || string_agg(distinct lower(privilege_type), ', ') || ' on ' || ${name("table_schema", "table_name")} ||
      ' to ' || grantee || ';' as line
    from information_schema.role_table_grants where grantee like 'ak\\_%' and grantee not in ('ak_owner', 'ak_superuser')
    group by table_schema, table_name, grantee`,
  "rights on columns": `select 'grant ' || lower(privilege_type) || ' (' || string_agg(quote_ident(column_name), ', ' order by column_name) || ') on ' ||
      ${name("table_schema", "table_name")} || ' to ' || grantee || ';' as line
    from information_schema.column_privileges p where grantee like 'ak\\_%' and grantee not in ('ak_owner', 'ak_superuser')
      and not exists (select 1 from information_schema.role_table_grants t where (t.table_schema, t.table_name, t.grantee, t.privilege_type) =
        (p.table_schema, p.table_name, p.grantee, p.privilege_type))
    group by table_schema, table_name, grantee, privilege_type`,
  "rights on functions and sequences": `select 'grant ' || lower(privilege_type) || ' on ' || kind || ' ' || object || ' to ' || grantee || ';' as line from (
      select 'function' as kind, ${name("n.nspname", "p.proname")} || '(' || pg_get_function_identity_arguments(p.oid) || ')' as object,
        a.privilege_type, coalesce(r.rolname, 'public') as grantee
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles r on r.oid = a.grantee
      where ${schemas}
      union all
      select 'sequence', ${table}, a.privilege_type, coalesce(r.rolname, 'public')
      ${fromTables} cross join lateral aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
      where ${schemas} and c.relkind = 'S'
    ) rights where grantee not in ('ak_owner', 'ak_superuser')`,
};

const migrations = fileURLToPath(new URL("../sql/migrations", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "afterkeep-schema-"));
try {
  const secretsDir = join(folder, "secrets");
  const postgres = await startPostgres({ homeDir: join(folder, "postgres"), secretsDir, durable: false });
  try {
    const { admin } = await prepareDatabase(postgres.admin, { name: "afterkeep", secretsDir });
    await migrate(admin, migrations);
    const text = await asAdmin(admin, async (client) => {
      const parts = [
        "-- Made by `npm run verify -- --update` from the migrations. Not edited by hand, and never run.\n",
      ];
      for (const [title, query] of Object.entries(chapters)) {
        const { rows } = await client.query(query);
        const lines = z
          .array(z.object({ line: z.string() }))
          .parse(rows)
          .map(({ line }) => line);
        if (lines.length > 0) parts.push(`-- ${title}\n\n${lines.sort().join("\n")}\n`);
      }
      return parts.join("\n");
    });
    process.stdout.write(text);
  } finally {
    await postgres.stop();
  }
} finally {
  await rm(folder, { recursive: true });
}
