import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type TestDatabase, withDatabase } from "../testing/with-database.ts";
import { migrate } from "./migrate.ts";

async function withMigrations(work: (folder: string, database: TestDatabase) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-migrations-"));
  try {
    await withDatabase(async (database) => {
      await database.pool("superuser").query("drop schema ak_meta cascade");
      await work(folder, database);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("migrations", () => {
  it("run once each, in order, as the owner role", () =>
    withMigrations(async (folder, database) => {
      await writeFile(join(folder, "0001-first.sql"), "create table first_table (a int);");
      await writeFile(join(folder, "0002-second.sql"), "alter table first_table add b int;");
      const admin = database.config("superuser");
      expect(await migrate(admin, folder)).toEqual(["0001-first.sql", "0002-second.sql"]);
      expect(await migrate(admin, folder)).toEqual([]);
      const owners = await database
        .pool("superuser")
        .query("select tableowner from pg_tables where tablename = 'first_table'");
      expect(owners.rows).toEqual([{ tableowner: "ak_owner" }]);
    }));

  it("leave nothing of one that fails", () =>
    withMigrations(async (folder, database) => {
      await writeFile(join(folder, "0001-broken.sql"), "create table half_made (a int); select nonsense;");
      await expect(migrate(database.config("superuser"), folder)).rejects.toMatchObject({ code: "migration-failed" });
      const tables = await database.pool("superuser").query("select 1 from pg_tables where tablename = 'half_made'");
      expect(tables.rowCount).toBe(0);
    }));

  it("refuse a database whose past they do not know", () =>
    withMigrations(async (folder, database) => {
      const file = join(folder, "0001-first.sql");
      await writeFile(file, "select 1;");
      await migrate(database.config("superuser"), folder);
      await writeFile(file, "select 2;");
      await expect(migrate(database.config("superuser"), folder)).rejects.toMatchObject({
        code: "database-does-not-fit",
      });
      await rm(file);
      await expect(migrate(database.config("superuser"), folder)).rejects.toMatchObject({
        code: "database-does-not-fit",
      });
    }));
});

describe("zone roles", () => {
  it("own nothing, create nothing and never bypass row-level security", () =>
    withDatabase(async (database) => {
      const { rows } = await database
        .pool("superuser")
        .query(
          "select rolname, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as mighty from pg_roles where rolname like 'ak\\_%' and rolname <> 'ak_superuser' order by 1",
        );
      expect(rows).toEqual(
        ["ak_api", "ak_auditor", "ak_clock", "ak_owner"].map((rolname) => ({ rolname, mighty: false })),
      );
      await expect(database.pool("ak_api").query("create table mine (a int)")).rejects.toThrow(/permission denied/);
      await expect(database.pool("ak_api").query("set role ak_owner")).rejects.toThrow(/permission denied/);
    }));

  it("need their password", () =>
    withDatabase(async (database) => {
      const pool = database.pool("ak_api");
      pool.options.password = "wrong";
      await expect(pool.query("select 1")).rejects.toThrow(/password authentication failed/);
    }));
});
