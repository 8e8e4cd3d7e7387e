import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { keyholderContract } from "@afterkeep/contracts";
import {
  AfterkeepError,
  connectZone,
  makeSocketFolder,
  openPool,
  readIdentity,
  type ZoneClient,
  type ZoneName,
} from "@afterkeep/platform";
import type { Pool } from "pg";

/** A zone's own way to the keyholder, as whoever took that zone over has it. */
export type KeyholderClient = ZoneClient<typeof keyholderContract>;

/** The superuser of the product's own PostgreSQL, over its private socket, with the password that lies in the data folder. */
export async function superuserOf(data: string, database = "afterkeep"): Promise<Pool> {
  const home = join(data, "postgres");
  const host = await makeSocketFolder(join(home, "socket"), ".s.PGSQL.5432");
  const password = (await readFile(join(data, "secrets", "ak_superuser"), "utf8")).trim();
  return openPool({ host, port: 5432, user: "ak_superuser", password, database });
}

/** Speaks to the keyholder with the certificate and key of another zone. */
export async function keyholderAs(zone: ZoneName, data: string): Promise<KeyholderClient> {
  return connectZone(keyholderContract, { zone: await placeOf(zone, data), to: "keyholder" });
}

export async function placeOf(zone: ZoneName, data: string) {
  const run = await makeSocketFolder(join(data, "run"), "supervisor.sock");
  if (!existsSync(join(run, "keyholder.sock"))) throw new Error(`no zone listens in ${run}`);
  const identity = await readIdentity(zone, join(data, "identity", zone));
  return { name: zone, identity, socketPath: (name: ZoneName) => join(run, `${name}.sock`) };
}

/** What an attempt came to: the answer, or the code of the refusal. */
export type Attempt = { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly code: string };

export async function attempt(call: Promise<unknown>): Promise<Attempt> {
  try {
    return { ok: true, answer: await call };
  } catch (error) {
    if (error instanceof AfterkeepError) return { ok: false, code: error.code };
    throw error;
  }
}

/** Every row of every table of every schema, as JSON with bytea in hex; a control row of the caller's own is found in it. */
export async function dumpDatabase(pool: Pool): Promise<Map<string, string>> {
  const tables = await pool.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_(toast|temp)' order by 1`,
  );
  const dump = new Map<string, string>();
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
    dump.set(name, rows.map(({ row }) => row).join("\n"));
  }
  return dump;
}
