import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Which process that is: its number and when it began, fit for a file name; null if none of that number runs. Why when it began: numbers
 * are given out again.
 */
export async function markOf(pid: number): Promise<string | null> {
  const began = process.platform === "linux" ? await beganOnLinux(pid) : await beganByPs(pid);
  return began === null ? null : `${pid}.${began}`;
}

/** In ticks since the machine started. Source: proc_pid_stat(5), fields 3 (state) and 22 (starttime). */
async function beganOnLinux(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // Why after the last parenthesis: the second field is the program's name, which may hold anything.
  const [state = "", ...fields] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  // A process that ended and that its parent did not ask about yet holds nothing any more.
  return text === null || "ZX".includes(state) ? null : (fields[18] ?? null);
}

async function beganByPs(pid: number): Promise<string | null> {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], { env }).catch(() => ({ stdout: "" }));
  const began = stdout.trim().replaceAll(/[^0-9A-Za-z]+/g, "-");
  return began === "" ? null : began;
}
