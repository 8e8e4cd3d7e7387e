import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const launcher = join(import.meta.dirname, "../../../client/cli/bin/afterkeep.mjs");

export type Outcome = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Somebody with a terminal and a home folder of their own: everything they do is a process. */
export type Person = {
  readonly folder: string;
  /** Runs `afterkeep … --json` and answers what it printed; fails the test unless it ends with 0. */
  do(...args: string[]): Promise<unknown>;
  /** Runs it and answers how it ended. */
  try(...args: string[]): Promise<Outcome & { readonly json: unknown }>;
  /** Writes a file in their folder; answers its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
};

export async function aPerson(folder: string, serverUrl: string): Promise<Person> {
  await mkdir(folder, { recursive: true });
  const run = async (args: readonly string[]) => {
    const outcome = await runCommand(folder, serverUrl, [...args, "--json"]);
    return { ...outcome, json: parseOutput(outcome) };
  };
  return {
    folder,
    try: (...args) => run(args),
    do: async (...args) => {
      const { exitCode, stdout, stderr, json } = await run(args);
      if (exitCode !== 0) throw new Error(`afterkeep ${args.join(" ")} ended with ${exitCode}\n${stdout}\n${stderr}`);
      return json;
    },
    file: async (name, content) => {
      await writeFile(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    },
  };
}

function parseOutput({ stdout }: Outcome): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}

function runCommand(folder: string, serverUrl: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], AFTERKEEP_HOME: join(folder, "home"), AFTERKEEP_SERVER: serverUrl },
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => void (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => void (said.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? -1, ...said }));
  });
}
