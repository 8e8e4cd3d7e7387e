import { randomBytes } from "node:crypto";
import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import { inject } from "vitest";
import type { DatabaseConfig } from "../database/database-config.ts";
import { openPool } from "../database/pool.ts";
import { asAdmin, ownerRole, type ZoneRole, zoneRoles } from "../database/roles.ts";

export type TestRole = ZoneRole | "ak_owner" | "superuser";
/** A migrated database of one test's own. */
export type TestDatabase = {
  /** The way in for a role that logs in, for instance to hand to a zone. */
  config(role: ZoneRole | "superuser"): DatabaseConfig;
  /** A pool whose sessions are `role`; closed at the end. */
  pool(role: TestRole): pg.Pool;
  kysely<Schema>(role: TestRole): Kysely<Schema>;
};

/** Runs `work` with a fresh clone of the migrated template, then drops it. Fails when a connection was left open. */
export async function withDatabase<Result>(work: (database: TestDatabase) => Promise<Result>): Promise<Result> {
  const { admin, template } = inject("afterkeepPostgres");
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  // Why by files: it takes half the processor's time of PostgreSQL's default, which writes every page of the template into its log.
  const clone = `create database ${name} template ${template} owner ${ownerRole} strategy file_copy`;
  await asAdmin(admin, (client) => client.query(clone));
  const pools: pg.Pool[] = [];
  try {
    await grantConnect(admin, name);
    return await work(databaseNamed(name, pools));
  } finally {
    await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()));
    await dropDatabase(admin, name);
  }
}

// Why: the rights on a database itself are not copied from its template.
async function grantConnect(admin: DatabaseConfig, name: string): Promise<void> {
  await asAdmin(admin, (client) =>
    client.query(
      `revoke all on database ${name} from public; grant connect on database ${name} to ${zoneRoles.join(", ")}`,
    ),
  );
}

function databaseNamed(name: string, pools: pg.Pool[]): TestDatabase {
  const { admin, prepared } = inject("afterkeepPostgres");
  const config = (role: ZoneRole | "superuser") => ({
    ...(role === "superuser" ? admin : prepared.roles[role]),
    database: name,
  });
  const pool = (role: TestRole) => {
    const opened = openPool(config(role === "ak_owner" ? "superuser" : role), {
      max: 5,
      ...(role === "ak_owner" ? { startUp: `-c role=${ownerRole}` } : {}),
    });
    pools.push(opened);
    return opened;
  };
  return {
    config,
    pool,
    kysely: <Schema>(role: TestRole) => new Kysely<Schema>({ dialect: new PostgresDialect({ pool: pool(role) }) }),
  };
}

async function dropDatabase(admin: DatabaseConfig, name: string): Promise<void> {
  await asAdmin(admin, async (client) => {
    const isDropped = await dropPatiently(client, name);
    if (isDropped) return;
    await client.query(`drop database ${name} with (force)`);
    throw new Error("a test left a connection to its database open");
  });
}

/**
 * A server process needs a moment to notice that its client has gone; PostgreSQL itself waits up to five seconds for it. Why more than once:
 * on a busy machine that may not be enough.
 */
async function dropPatiently(client: pg.Client, name: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const isDropped = await client.query(`drop database ${name}`).then(
      () => true,
      () => false,
    );
    if (isDropped) return true;
  }
  return false;
}
