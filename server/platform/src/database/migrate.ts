import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import * as z from "zod";
import { DependencyError, InvariantError } from "../errors/errors.ts";
import type { DatabaseConfig } from "./database-config.ts";
import { asAdmin, ownerRole } from "./roles.ts";

type Migration = { name: string; sql: string; sha256: string };
const recordSchema = z.array(z.object({ name: z.string(), sha256: z.string() }));

/**
 * Brings the database up to the migrations in `folder` (`NNNN-name.sql`, in order), each in a transaction of its own as the
 * owner role. Forward only: one that ran is never run again, and one that changed since is refused. Returns what ran now.
 */
export async function migrate(admin: DatabaseConfig, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return asAdmin(admin, async (client) => {
    // Why a lock: two starts at once would run the same file twice.
    await client.query("select pg_advisory_lock(hashtext('afterkeep migrations'))");
    await client.query(`set role ${ownerRole}`);
    await client.query(`
      create schema if not exists ak_meta;
      create table if not exists ak_meta.migrations (name text primary key, sha256 text not null);
    `);
    const pending = pendingOf(migrations, await readRecord(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  });
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const misnamed = names.find(
    (name, index) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name) || numberOf(name) === numberOf(names[index - 1]),
  );
  if (misnamed !== undefined)
    throw new InvariantError(
      "misnamed-migration",
      `The migration ${misnamed} needs a number of its own and a plain name.`,
    );
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), "utf8");
      return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

function numberOf(name: string | undefined): string | undefined {
  return name?.slice(0, 4);
}

async function readRecord(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query("select name, sha256 from ak_meta.migrations order by name");
  return new Map(recordSchema.parse(rows).map(({ name, sha256 }) => [name, sha256]));
}

function pendingOf(migrations: Migration[], record: Map<string, string>): Migration[] {
  const known = new Map(migrations.map(({ name, sha256 }) => [name, sha256]));
  for (const [name, sha256] of record) {
    if (!known.has(name)) throw newer(`it holds the migration ${name}, which this program does not know`);
    if (known.get(name) !== sha256) throw newer(`the migration ${name} is not the one that ran here`);
  }
  return migrations.filter(({ name }) => !record.has(name));
}

function newer(why: string): DependencyError {
  return new DependencyError("database-does-not-fit", `The database does not fit this program: ${why}.`, {
    next: "Start the version of the program that the data were last used with, or a newer one.",
  });
}

async function apply(client: pg.Client, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query("insert into ak_meta.migrations (name, sha256) values ($1, $2)", [name, sha256]);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    const why = cause instanceof Error ? cause.message : "";
    throw new InvariantError("migration-failed", `The migration ${name} failed: ${why}`, { cause });
  }
}
