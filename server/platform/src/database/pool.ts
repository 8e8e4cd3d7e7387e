import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { InvariantError } from "../errors/errors.ts";
import type { DatabaseConfig } from "./database-config.ts";
import { idFromPg } from "./pg-id.ts";
import { PlanKeepingClient } from "./plan-keeping-client.ts";

export type PoolOptions = {
  /** Connections at most; default 10. */
  max?: number;
  /** Settings of each session, as PostgreSQL's `options` start-up parameter takes them. */
  startUp?: string;
  /** Whether each connection keeps the plans of its statements, which row-level security makes dear; default no. */
  keepsPlans?: boolean;
};

const oid = { int8: 20, uuid: 2950, int8Array: 1016, uuidArray: 2951 } as const;

/** A pool whose rows speak our types: uuid → 22-char id, bigint → number (refused beyond 2⁵³−1), bytea → Buffer. */
export function openPool(config: DatabaseConfig, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    ssl: config.ssl ?? false,
    max: options.max ?? 10,
    types: ourTypes(),
    options: options.startUp,
    // Why: a machine that loses its power ends no connection, and whoever waits for its answer would wait for ever.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.keepsPlans === true ? { Client: PlanKeepingClient } : {}),
  });
  // Why: an idle connection that breaks must not end the process; the next query gets a fresh one or fails by itself.
  pool.on("error", () => {});
  // Why: the same of one at work; the query that it was at fails.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Kysely over `openPool`; `destroy()` closes it. */
export function openDatabase<Schema>(config: DatabaseConfig, options: PoolOptions = {}): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(config, options) }) });
}

function ourTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(oid.int8, safeInteger);
  types.setTypeParser(oid.uuid, idFromPg);
  types.setTypeParser(oid.int8Array, (text: string) => parseArray(text).map(safeInteger));
  types.setTypeParser(oid.uuidArray, (text: string) => parseArray(text).map(idFromPg));
  return types;
}

// Source: PostgreSQL manual §8.15.6; uuids and integers are never quoted in an array's text.
function parseArray(text: string): string[] {
  const inner = text.slice(1, -1);
  return inner === "" ? [] : inner.split(",");
}

function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new InvariantError("integer-too-large", "The database holds an integer that we cannot carry exactly.");
  return number;
}
