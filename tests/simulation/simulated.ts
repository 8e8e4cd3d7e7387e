import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Report } from "./report.ts";

const main = join(dirname(fileURLToPath(import.meta.url)), "main.ts");

/** Why a process of its own: the simulator owns all randomness of its process, and loads other modules than a test does. */
export async function simulated(...args: string[]): Promise<Report> {
  const run = promisify(execFile)(process.execPath, [main, "--json", ...args], { maxBuffer: 2 ** 26 });
  const { stdout } = await run.catch((failed: { stdout: string; code?: number; stderr: string }) => {
    if (failed.code === 1 && failed.stdout !== "") return failed;
    throw new Error(failed.stderr);
  });
  return JSON.parse(stdout) as Report;
}
