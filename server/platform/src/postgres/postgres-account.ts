import { readFile } from "node:fs/promises";
import { DependencyError } from "../errors/errors.ts";

/** The unprivileged user that runs PostgreSQL when we are root (PostgreSQL refuses to run as root). */
export type PostgresAccount = { name: string; uid: number; gid: number };

/** `afterkeep`, else `nobody`; null when we are not root and PostgreSQL runs as ourselves. */
export async function choosePostgresAccount(): Promise<PostgresAccount | null> {
  if (process.geteuid?.() !== 0) return null;
  const accounts = parsePasswd(await readFile("/etc/passwd", "utf8"));
  // Why from passwd: initdb looks its own user up and fails for a number without an entry.
  const account = accounts.find(({ name }) => name === "afterkeep") ?? accounts.find(({ name }) => name === "nobody");
  if (account === undefined)
    throw new DependencyError("no-postgres-user", "PostgreSQL does not run as root, and there is no user for it.", {
      next: "Add a system user called afterkeep, or start as an ordinary user.",
    });
  return account;
}

function parsePasswd(text: string): PostgresAccount[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (!name || !uid || !gid) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
