import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  asAdmin,
  type DatabaseConfig,
  migrate,
  openPool,
  type PreparedDatabase,
  prepareDatabase,
  startPostgres,
} from "@afterkeep/platform";

const migrations = join(import.meta.dirname, "../../sql/migrations");

/** The PostgreSQL that the product starts, with the settings that it gives it, for this bench alone. */
export type BenchPostgres = {
  /** A database of the product's, migrated. */
  make(name: string): Promise<PreparedDatabase>;
  stop(): Promise<void>;
};

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-bench-switch-"));
  const secretsDir = join(folder, "secrets");
  const postgres = await startPostgres({ homeDir: join(folder, "postgres"), secretsDir });
  return {
    make: async (name) => {
      const prepared = await prepareDatabase(postgres.admin, { name, secretsDir });
      await migrate(prepared.admin, migrations);
      return prepared;
    },
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs statements as the administrator, one after the other. */
export async function runSql(admin: DatabaseConfig, ...statements: string[]): Promise<void> {
  await asAdmin(admin, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

/** One answer of one row, past row-level security. */
export async function askSql<Row>(admin: DatabaseConfig, text: string): Promise<Row> {
  const pool = openPool(admin, { max: 1 });
  try {
    const { rows } = await pool.query(text);
    return rows[0] as Row;
  } finally {
    await pool.end();
  }
}
