import {
  type Logger,
  migrate,
  parseDatabaseUrl,
  type PreparedDatabase,
  prepareDatabase,
  type RunningPostgres,
  startPostgres,
} from "@afterkeep/platform";
import { setTimeout as delay } from "node:timers/promises";
import type { DataFolder } from "./data-folder.ts";
import { restartDelayMs } from "./restart-delay.ts";

export type Database = { roles: PreparedDatabase["roles"]; stop(): Promise<void> };

/** Opens the operator's PostgreSQL (`databaseUrl`) or keeps our own running, and brings it up to date. */
export async function openDatabaseServer(
  folder: DataFolder,
  options: { databaseUrl?: string; migrations: string; logger: Logger },
): Promise<Database> {
  if (options.databaseUrl !== undefined) {
    const admin = parseDatabaseUrl(options.databaseUrl);
    const roles = await bringUpToDate(admin, admin.database, folder, options.migrations);
    return { roles, stop: async () => {} };
  }
  const postgres = await keepPostgresRunning(folder, options.logger);
  try {
    const roles = await bringUpToDate(postgres.admin, "afterkeep", folder, options.migrations);
    return { roles, stop: postgres.stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function bringUpToDate(admin: RunningPostgres["admin"], name: string, folder: DataFolder, migrations: string) {
  const prepared = await prepareDatabase(admin, { name, secretsDir: folder.secrets });
  await migrate(prepared.admin, migrations);
  return prepared.roles;
}

async function keepPostgresRunning(folder: DataFolder, logger: Logger) {
  const start = () => startPostgres({ homeDir: folder.postgres, secretsDir: folder.secrets });
  const stopping = new AbortController();
  let current = await start();
  const { admin } = current;
  const watching = watch();

  async function watch(): Promise<void> {
    for (let deaths = 0; ;) {
      await current.ended;
      if (stopping.signal.aborted) return;
      deaths += 1;
      logger.error({ event: "postgres-died", attempt: deaths });
      await delay(restartDelayMs(deaths), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const started = await start().catch((err: unknown) => logger.error({ event: "postgres-restart-failed", err }));
      if (started === undefined) continue;
      current = started;
      // A stop that came while this one was starting has found only the dead one.
      if (stopping.signal.aborted) return current.stop();
    }
  }

  const stop = async () => {
    stopping.abort();
    await current.stop();
    await watching;
  };
  return { admin, stop };
}
