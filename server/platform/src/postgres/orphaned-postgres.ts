import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DependencyError } from "../errors/errors.ts";

/**
 * Stops every PostgreSQL process that still works in `dataFolder`, left there by a supervisor that was killed. A postmaster is
 * asked to shut down fast (its data are then clean); backends that outlived a killed postmaster are ended. Removes a pid file
 * that points at a stranger's process, because PostgreSQL would believe it.
 */
export async function stopOrphanedPostgres(dataFolder: string, patienceMs = 30_000): Promise<void> {
  const postmaster = await readPostmasterPid(dataFolder);
  const working = await processesIn(dataFolder);
  if (postmaster !== null && !working.includes(postmaster))
    await rm(join(dataFolder, "postmaster.pid"), { force: true });
  if (working.length === 0) return;
  if (postmaster !== null && working.includes(postmaster)) signal(postmaster, "SIGINT");
  else for (const pid of working) signal(pid, "SIGQUIT");
  if (await waitUntilGone(dataFolder, patienceMs)) return;
  for (const pid of await processesIn(dataFolder)) signal(pid, "SIGKILL");
  if (await waitUntilGone(dataFolder, patienceMs)) return;
  throw new DependencyError("postgres-will-not-stop", "An old PostgreSQL still works in the data folder.");
}

async function readPostmasterPid(dataFolder: string): Promise<number | null> {
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

// Why by working folder: every PostgreSQL process changes into its data folder, and a pid from a file may by now be anybody's.
async function processesIn(dataFolder: string): Promise<number[]> {
  const folder = await realpath(dataFolder);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const places = await Promise.all(
    pids.map(async (pid) => {
      const [cwd, exe] = await Promise.all([linkOf(pid, "cwd"), linkOf(pid, "exe")]);
      // A binary that was replaced since reads "… (deleted)".
      return cwd === folder && /\/postgres( \(deleted\))?$/.test(exe) ? pid : null;
    }),
  );
  return places.filter((pid) => pid !== null);
}

function linkOf(pid: number, name: string): Promise<string> {
  return readlink(`/proc/${pid}/${name}`).catch(() => "");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in the meantime.
  }
}

async function waitUntilGone(dataFolder: string, patienceMs: number): Promise<boolean> {
  const stepMs = 50;
  for (let waited = 0; waited <= patienceMs; waited += stepMs) {
    if ((await processesIn(dataFolder)).length === 0) return true;
    await delay(stepMs);
  }
  return false;
}
