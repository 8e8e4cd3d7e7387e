import { execFile } from "node:child_process";
import { chown, cp, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { z } from "zod";
import { superuserOf } from "../../e2e/attack/the-operator.ts";

/** A copy of a part of the data folder, made while the product runs. `putBack` needs it stopped. */
export type Backup = { putBack(): Promise<void> };

/**
 * The keyholder's folder as a careful person saves it: the store by SQLite itself, the rest as files.
 * @param what the store alone, or the whole folder with the mark beside the store
 */
export async function backUpKeyholder(data: string, place: string, what: "store" | "folder"): Promise<Backup> {
  const folder = join(data, "keyholder");
  await rm(place, { recursive: true, force: true });
  // Why the mark before the store: it may be older than the store it lies beside, never newer.
  await copyKeys(folder, place);
  const store = new DatabaseSync(join(folder, "keyholder.sqlite"), { readOnly: true });
  store.exec(`vacuum into '${join(place, "keyholder.sqlite")}'`);
  store.close();
  return {
    putBack: async () => {
      for (const end of ["", "-wal", "-shm"]) await rm(join(folder, `keyholder.sqlite${end}`), { force: true });
      if (what === "store") await cp(join(place, "keyholder.sqlite"), join(folder, "keyholder.sqlite"));
      else await cp(place, folder, { recursive: true });
    },
  };
}

/** All but the store. Again where a file was just being replaced by its next version. */
async function copyKeys(folder: string, place: string): Promise<void> {
  const isKey = (path: string) => !/keyholder\.sqlite|\.new$/.test(path);
  for (;;) {
    try {
      return await cp(folder, place, { recursive: true, filter: isKey });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
}

const ended = z.object({ labelfile: z.string() });
const run = promisify(execFile);

/** PostgreSQL's cluster by its own low-level backup: what pg_basebackup does, without the program. */
export async function backUpPostgres(data: string, place: string): Promise<Backup> {
  const cluster = join(data, "postgres/data");
  await rm(place, { recursive: true, force: true });
  const pool = await superuserOf(data, "postgres");
  const client = await pool.connect();
  try {
    await client.query("select pg_backup_start('torture', true)");
    await copyAs(cluster, place);
    const { rows } = await client.query("select labelfile from pg_backup_stop()");
    await writeAs(place, "backup_label", ended.parse(rows[0]).labelfile);
    // Why last: what was written while the copy was made is only in the log of it.
    await copyAs(join(cluster, "pg_wal"), join(place, "pg_wal"));
    for (const name of ["postmaster.pid", "postmaster.opts"]) await rm(join(place, name), { force: true });
  } finally {
    client.release();
    await pool.end();
  }
  return {
    putBack: async () => {
      await rm(cluster, { recursive: true, force: true });
      await copyAs(place, cluster);
    },
  };
}

/** A file of whoever the folder belongs to. */
async function writeAs(folder: string, name: string, content: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  await writeFile(join(folder, name), content, { mode: 0o600 });
  await chown(join(folder, name), uid, gid);
}

/**
 * By the command, as PostgreSQL's files belong to a user of its own, and Node's copy would give them to us. Again where PostgreSQL took a file
 * away, or named it otherwise, between the look at its folder and the copy.
 */
async function copyAs(from: string, to: string): Promise<void> {
  for (;;) {
    await stat(from);
    await rm(to, { recursive: true, force: true });
    try {
      await run("cp", ["-a", from, to], { env: { ...process.env, LC_ALL: "C" } });
      return;
    } catch (error) {
      if (!isOfVanished(error)) throw error;
    }
  }
}

/** Whether a copy complained of nothing but files that were not there to be read any more. */
function isOfVanished(error: unknown): boolean {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return stderr.split("\n").every((line) => /^cp: cannot (stat|open|access) .*: No such file or directory$/.test(line));
}
