import { readFile } from "node:fs/promises";
import * as z from "zod";
import { InputError } from "../errors/errors.ts";

/** How one role reaches the database. `host` is a folder (unix socket) or a host name. */
const databaseConfigSchema = z.strictObject({
  host: z.string(),
  port: z.int().min(1).max(65535).optional(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
  /** Verified TLS, for a server elsewhere. */
  ssl: z.boolean().optional(),
});
export type DatabaseConfig = z.infer<typeof databaseConfigSchema>;

/** Reads a role's 0600 configuration file, as the supervisor wrote it. */
export async function readDatabaseConfig(path: string): Promise<DatabaseConfig> {
  return databaseConfigSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

/** The configuration that a `postgres://` URL means. TLS is verified in full (`sslmode=verify-full`) or not used (`disable`, or none). */
export function parseDatabaseUrl(url: string): DatabaseConfig {
  const parsed = new URL(url);
  const sslMode = parsed.searchParams.get("sslmode") ?? "disable";
  // Why refused: a mode in between looks like protection and stops nobody who sits on the wire.
  if (sslMode !== "verify-full" && sslMode !== "disable")
    throw new InputError("database-url", `DATABASE_URL asks for sslmode=${sslMode}.`, {
      next: "Use sslmode=verify-full.",
    });
  const socket = parsed.searchParams.get("host");
  return databaseConfigSchema.parse({
    host: socket ?? parsed.hostname,
    ...(parsed.port === "" ? {} : { port: Number(parsed.port) }),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    ...(sslMode === "verify-full" ? { ssl: true } : {}),
  });
}
