import { createHash } from "node:crypto";
import pg from "pg";

/** More different texts than the code has statements. What is built at run time (lists of changing length) must not fill a connection with plans. */
const maxNames = 256;
const names = new Map<string, string>();

/** Sends every statement with parameters under a name, so that PostgreSQL parses and plans it once a connection. */
export class PlanKeepingClient extends pg.Client {
  // Typed as the one form that Kysely uses; all others pass through as they are.
  override query = ((...asked: Parameters<pg.Client["query"]>) => {
    const [text, values, ...rest] = asked as unknown[];
    const name = typeof text === "string" && Array.isArray(values) && values.length > 0 ? nameOf(text) : null;
    const given = name === null ? asked : [{ name, text, values }, ...rest];
    return Reflect.apply(super.query, this, given);
  }) as pg.Client["query"];
}

function nameOf(text: string): string | null {
  const known = names.get(text);
  if (known !== undefined || names.size >= maxNames) return known ?? null;
  const name = createHash("sha256").update(text).digest("base64url").slice(0, 24);
  names.set(text, name);
  return name;
}
