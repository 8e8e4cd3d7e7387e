import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { openPool } from "./pool.ts";
import { migrate } from "./migrate.ts";
import { asAdmin, prepareDatabase, zoneRoles } from "./roles.ts";

describe("preparing an operator's own PostgreSQL", () => {
  it("needs no superuser, and may be done at every start", async () => {
    const { admin, prepared } = inject("afterkeepPostgres");
    const folder = await mkdtemp(join(tmpdir(), "afterkeep-roles-"));
    const name = `operator_${process.pid}`;
    const operator = { ...admin, user: name, password: "chosen by the operator", database: "postgres" };
    // The roles are the whole server's: they keep the passwords that other tests know.
    for (const role of zoneRoles) await writeFile(join(folder, role), prepared.roles[role].password);
    await writeFile(join(folder, "0001-one.sql"), "create table one (a int); grant select on one to ak_api;");
    try {
      await asAdmin(admin, (client) =>
        client.query(`create role ${name} login createrole createdb password '${operator.password}'`),
      );
      for (let start = 0; start < 2; start += 1) {
        const ready = await prepareDatabase(operator, { name, secretsDir: folder });
        await migrate(ready.admin, folder);
        const pool = openPool(ready.roles.ak_api);
        expect((await pool.query("select * from one")).rowCount).toBe(0);
        await expect(pool.query("insert into one values (1)")).rejects.toThrow(/permission denied/);
        await pool.end();
      }
    } finally {
      await asAdmin(admin, async (client) => {
        await client.query(`drop database if exists ${name}`);
        await client.query(`drop owned by ${name}`);
        await client.query(`drop role ${name}`);
      });
      await rm(folder, { recursive: true });
    }
  });
});
