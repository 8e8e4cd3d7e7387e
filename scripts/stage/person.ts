import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { processesBelow } from "./memory-watch.ts";
import { root } from "./product.ts";

/** What one run of the command line came to. */
export type CliOutcome = { readonly exitCode: number; readonly json: Record<string, unknown>; readonly stderr: string };

export type RunningCli = {
  readonly pid: number;
  readonly outcome: Promise<CliOutcome>;
  hasEnded(): boolean;
  /** To the process that does the work, not to the small one that started it. */
  kill(signal: NodeJS.Signals): Promise<void>;
};

/** Somebody with a device: a home folder of their own, and the command line. */
export type Person = {
  readonly name: string;
  readonly email: string;
  readonly folder: string;
  /** Runs `afterkeep … --json` and expects exit code 0. */
  run(...args: string[]): Promise<Record<string, unknown>>;
  /** The same, whatever the exit code. */
  attempt(...args: string[]): Promise<CliOutcome>;
  /** Starts the command and leaves it running: to be watched, interrupted or killed. */
  start(...args: string[]): RunningCli;
  /** Writes a file of this person's, 0600. Answers its path. */
  keep(name: string, content: string | Uint8Array): Promise<string>;
};

/** @param options.folder made if missing; holds the person's profile and files */
export async function aPerson(options: {
  name: string;
  email?: string;
  folder: string;
  server: string;
}): Promise<Person> {
  const { name, email = `${name.toLowerCase()}@example.org`, folder, server } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const start = (...args: string[]) => startCli(folder, server, args);
  const attempt = (...args: string[]) => start(...args).outcome;
  return {
    name,
    email,
    folder,
    attempt,
    start,
    run: async (...args) => {
      const outcome = await attempt(...args);
      if (outcome.exitCode === 0) return outcome.json;
      throw new Error(
        `${name}: afterkeep ${args.join(" ")} ended with ${outcome.exitCode}: ${JSON.stringify(outcome.json)} ${outcome.stderr}`,
      );
    },
    keep: async (file, content) => {
      const path = join(folder, file);
      await writeFile(path, content, { mode: 0o600 });
      return path;
    },
  };
}

function startCli(folder: string, server: string, args: readonly string[]): RunningCli {
  const child = spawn(process.execPath, [join(root, "client/cli/bin/afterkeep.mjs"), "--json", ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: folder, AFTERKEEP_HOME: join(folder, "profile"), AFTERKEEP_SERVER: server },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const outcome = new Promise<CliOutcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, json: parse(stdout), stderr }));
  });
  const pid = child.pid ?? 0;
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    for (const below of processesBelow(new Set([pid]))) if (below !== pid) process.kill(below, signal);
  };
  return { pid, outcome, hasEnded: () => child.exitCode !== null, kill };
}

function parse(stdout: string): Record<string, unknown> {
  try {
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch {
    return { text: stdout };
  }
}
