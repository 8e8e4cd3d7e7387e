import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** Wall seconds from start to end of a process. Rejects with what it said unless it ended well. */
export async function timeProcess(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  return (await runProcess(program, args, env)).seconds;
}

async function runProcess(program: string, args: readonly string[], env: Record<string, string>) {
  const start = performance.now();
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let [said, complaints] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (complaints += text));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${complaints}${said}`);
  return { seconds: (performance.now() - start) / 1000, said };
}

/** As the installed command runs: its compiled code kept from the time before. */
const asInstalled = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/afterkeep-compiled") };

/** Runs one of our jobs in a fresh process; it prints its own seconds, from the call to the finished file. */
export async function timeJob(job: string, args: readonly string[]): Promise<number> {
  const script = join(import.meta.dirname, `${job}.ts`);
  const { said } = await runProcess(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, ...args],
    asInstalled,
  );
  return Number(said);
}

export type Measured = { readonly seconds: number; readonly peakMiB: number };

/** A whole Node process: its wall seconds and the most memory that it ever had resident. */
export async function measureNode(args: readonly string[], scratch: string): Promise<Measured> {
  const path = join(scratch, "memory");
  const hook = join(import.meta.dirname, "../report-memory.mjs");
  const all = ["--disable-warning=ExperimentalWarning", "--import", hook, ...args];
  const seconds = await timeProcess(process.execPath, all, { ...asInstalled, AFTERKEEP_BENCH_MEMORY: path });
  const peakMiB = Number(await readFile(path, "utf8"));
  await rm(path);
  return { seconds, peakMiB };
}

/** The real command, as its launcher starts it. */
export const command = join(root, "client/cli/src/main.ts");
