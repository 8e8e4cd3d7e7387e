import { join } from "node:path";
import pg from "pg";
import { readOrCreateSecret } from "../files/secrets.ts";
import type { DatabaseConfig } from "./database-config.ts";

/** The roles that zones log in as. None owns a table, none is a superuser, none bypasses row-level security. */
export const zoneRoles = ["ak_api", "ak_clock", "ak_auditor"] as const;
export type ZoneRole = (typeof zoneRoles)[number];
/** Owns the database and every table; nobody logs in as it. */
export const ownerRole = "ak_owner";

export type PreparedDatabase = {
  /** The administrator's way into the product's database: for migrations only. */
  admin: DatabaseConfig;
  roles: Record<ZoneRole, DatabaseConfig>;
};

/**
 * Makes the roles and the database `name` when they are missing, and sets every role's password to the one kept in
 * `secretsDir`. `admin` must be allowed to create roles. Safe to run at every start.
 */
export async function prepareDatabase(
  admin: DatabaseConfig,
  options: { name: string; secretsDir: string },
): Promise<PreparedDatabase> {
  const passwords = await Promise.all(zoneRoles.map((role) => readOrCreateSecret(join(options.secretsDir, role))));
  await asAdmin(admin, async (client) => {
    await createOwner(client);
    for (const [index, role] of zoneRoles.entries()) await createZoneRole(client, role, passwords[index] ?? "");
    await createDatabase(client, options.name);
  });
  const inside = { ...admin, database: options.name };
  await asAdmin(inside, (client) => restrictDatabase(client, options.name));
  return { admin: inside, roles: configsOf(inside, passwords) };
}

function configsOf(inside: DatabaseConfig, passwords: string[]): Record<ZoneRole, DatabaseConfig> {
  const [api = "", clock = "", auditor = ""] = passwords;
  return {
    ak_api: { ...inside, user: "ak_api", password: api },
    ak_clock: { ...inside, user: "ak_clock", password: clock },
    ak_auditor: { ...inside, user: "ak_auditor", password: auditor },
  };
}

/** Runs `work` on one connection of the administrator and closes it. */
export async function asAdmin<Result>(
  admin: DatabaseConfig,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...admin, ssl: admin.ssl ?? false });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function createOwner(client: pg.Client): Promise<void> {
  if (!(await hasRole(client, ownerRole))) await client.query(`create role ${ownerRole} nologin`);
  // Why: an administrator who is not a superuser may only act as a role that they are a member of.
  await client.query(`grant ${ownerRole} to current_user`);
}

async function createZoneRole(client: pg.Client, role: ZoneRole, password: string): Promise<void> {
  const attributes = "login noinherit nosuperuser nocreatedb nocreaterole nobypassrls connection limit 40";
  if (!(await hasRole(client, role))) await client.query(`create role ${role} ${attributes}`);
  await client.query(`alter role ${role} password ${client.escapeLiteral(password)}`);
}

async function hasRole(client: pg.Client, role: string): Promise<boolean> {
  const found = await client.query("select 1 from pg_roles where rolname = $1", [role]);
  return found.rowCount === 1;
}

async function createDatabase(client: pg.Client, name: string): Promise<void> {
  const found = await client.query("select 1 from pg_database where datname = $1", [name]);
  if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)} owner ${ownerRole}`);
}

async function restrictDatabase(client: pg.Client, name: string): Promise<void> {
  const database = client.escapeIdentifier(name);
  const roles = zoneRoles.join(", ");
  await client.query(`
    revoke all on database ${database} from public;
    revoke all on schema public from public;
    grant connect on database ${database} to ${roles};
    grant create, connect on database ${database} to ${ownerRole};
    grant usage on schema public to ${roles};
    grant usage, create on schema public to ${ownerRole};
  `);
}
