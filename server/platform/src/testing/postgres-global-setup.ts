import { mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import type { DatabaseConfig } from "../database/database-config.ts";
import { migrate } from "../database/migrate.ts";
import { type PreparedDatabase, prepareDatabase } from "../database/roles.ts";
import { stopOrphanedPostgres } from "../postgres/orphaned-postgres.ts";
import { startPostgres } from "../postgres/start-postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    afterkeepPostgres: { admin: DatabaseConfig; prepared: PreparedDatabase; template: string };
  }
}

const prefix = "afterkeep-test-postgres-";
const template = "afterkeep_template";
const migrations = fileURLToPath(new URL("../../../../sql/migrations", import.meta.url));

/** One PostgreSQL for a whole run of the tests, with a migrated template database that each test clones. */
export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  await sweepLeftOvers();
  const folder = join(tmpdir(), `${prefix}${process.pid}`);
  await mkdir(folder, { mode: 0o700 });
  const secretsDir = join(folder, "secrets");
  const postgres = await startPostgres({ homeDir: join(folder, "postgres"), secretsDir, durable: false });
  const prepared = await prepareDatabase(postgres.admin, { name: template, secretsDir });
  await migrate(prepared.admin, migrations);
  project.provide("afterkeepPostgres", { admin: postgres.admin, prepared, template });
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Ends what a run that was killed left behind. */
async function sweepLeftOvers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    const data = join(tmpdir(), name, "postgres", "data");
    await stopOrphanedPostgres(data).catch(() => {});
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, but is another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
