import { readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { writePrivateFile } from "@afterkeep/platform";

/** Notes which process runs a zone, with its start time, so that a number used again is not taken for it. */
export async function recordProcess(pidFile: string, pid: number): Promise<void> {
  const startedAt = await startTicks(pid);
  if (startedAt !== null) await writePrivateFile(pidFile, `${pid} ${startedAt}\n`);
}

/** Ends the process that a file speaks of, if that very process still runs: a zone whose supervisor was killed. */
export async function endRecordedProcess(pidFile: string): Promise<void> {
  const recorded = await readFile(pidFile, "utf8").catch(() => "");
  const [, pidText = "", startedAt = ""] = /^(\d+) (\d+)\n$/.exec(recorded) ?? [];
  const pid = Number(pidText);
  const isSame = async () => pid > 0 && (await startTicks(pid)) === startedAt;
  for (const [signal, patienceMs] of [
    ["SIGTERM", 5_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!(await isSame())) break;
    process.kill(pid, signal);
    for (let waited = 0; waited < patienceMs && (await isSame()); waited += 50) await delay(50);
  }
  await rm(pidFile, { force: true });
}

// Source: proc_pid_stat(5), field 22; counted after the command, which may itself hold spaces and brackets. A zombie has ended.
async function startTicks(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields === undefined || fields[0] === "Z") return null;
  return fields[19] ?? null;
}
