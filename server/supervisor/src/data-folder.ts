import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConflictError, makePrivateFolder, makeSocketFolder } from "@afterkeep/platform";

/** The places of one data folder. */
export type DataFolder = {
  path: string;
  run: string;
  identity: string;
  secrets: string;
  logs: string;
  postgres: string;
  /** Gives the folder back to whoever starts next. */
  release(): void;
};

/** Makes the data folder private (0700), makes its parts, and takes it for this process alone. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  const release = takeLock(join(path, "lock"));
  await chmod(join(path, "lock"), 0o600);
  const [identity, secrets, logs] = [join(path, "identity"), join(path, "secrets"), join(path, "logs")];
  for (const part of [identity, secrets, logs]) await makePrivateFolder(part);
  const run = await makeSocketFolder(join(path, "run"), "supervisor.sock");
  return { path, run, identity, secrets, logs, postgres: join(path, "postgres"), release };
}

// Why SQLite and not a file with a pid: the kernel drops this lock when its holder dies, however it dies, and a pid may by then
// belong to somebody else.
function takeLock(path: string): () => void {
  const lock = new DatabaseSync(path);
  try {
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (cause) {
    lock.close();
    throw new ConflictError("already-running", "Afterkeep already runs with this data folder.", {
      cause,
      next: "Stop the other one first, or choose another folder with AFTERKEEP_DATA.",
    });
  }
  return () => lock.close();
}
