import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectZone, readIdentity, type ZoneName } from "@afterkeep/platform";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { introduceContract } from "./fixtures/introduce-contract.ts";

const program = fileURLToPath(new URL("fixtures/fake-product.ts", import.meta.url));
const zones = ["mailbox", "kms", "auditor", "keyholder", "clock", "api"] as const satisfies ZoneName[];
const ports = { AFTERKEEP_PORT: "20420", AFTERKEEP_MAILBOX_PORT: "20421", AFTERKEEP_MAILBOX_SMTP_PORT: "20425" };

type Product = {
  data: string;
  start(env?: Record<string, string>, broken?: ZoneName[]): Promise<Started>;
};
type Started = { child: ChildProcess; output(): string; exited: Promise<number | null>; isReady: boolean };

async function openProduct(): Promise<Product & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-supervisor-"));
  const data = join(folder, "data");
  await mkdir(join(folder, "migrations"));
  await writeFile(join(folder, "migrations", "0001-one.sql"), "create table one (a int);");
  const started: Started[] = [];
  return {
    data,
    start: async (env = {}, broken = []) => {
      const one = await startProduct([join(folder, "migrations"), ...broken], {
        AFTERKEEP_DATA: data,
        ...ports,
        ...env,
      });
      started.push(one);
      return one;
    },
    close: async () => {
      for (const { child, exited } of started) {
        child.kill("SIGTERM");
        await exited;
      }
      await rm(folder, { recursive: true });
    },
  };
}

async function withProduct(work: (product: Product) => Promise<void>): Promise<void> {
  const product = await openProduct();
  await work(product).finally(product.close);
}

/** Starts the supervisor as a process of its own; resolves when it is ready or has ended. */
async function startProduct(args: string[], env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...inherited(), SECRET_OF_THE_SHELL: "x", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const [stdout, stderr] = [child.stdout, child.stderr];
  if (stdout === null || stderr === null) throw new Error("no pipes");
  let text = "";
  const { promise: ready, resolve } = Promise.withResolvers<boolean>();
  for (const stream of [stdout, stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("Afterkeep is ready")) resolve(true);
    });
  // Why not "close": it never comes for a child whose channel the parent has closed.
  const exited = Promise.all([once(child, "exit"), finished(stdout), finished(stderr)]).then(() => child.exitCode);
  const isReady = await Promise.race([ready, exited.then(() => false)]);
  return { child, output: () => text, exited, isReady };
}

function inherited(): Record<string, string> {
  const { PATH = "", NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) };
}

/** Beside the data folder. */
async function aSealFile(data: string, name: string): Promise<string> {
  const path = `${data}-${name}.seal`;
  await writeFile(path, randomBytes(32), { mode: 0o600 });
  return path;
}

async function ask(data: string, to: ZoneName) {
  const identity = await readIdentity("supervisor", join(data, "identity", "supervisor"));
  const socketPath = (zone: ZoneName) => join(data, "run", `${zone}.sock`);
  const client = connectZone(introduceContract, { zone: { name: "supervisor", identity, socketPath }, to });
  try {
    return { ...(await client.introduce({})), neighbour: (await client.neighbour({})).pid };
  } finally {
    await client.close();
  }
}

/** Asks again until the zone answers; how long that takes is the machine's affair. */
async function askPatiently(data: string, to: ZoneName): Promise<Awaited<ReturnType<typeof ask>>> {
  for (;;) {
    const answer = await ask(data, to).catch(() => null);
    if (answer !== null) return answer;
    await delay(50);
  }
}

async function pidOfPostgres(data: string): Promise<number> {
  return Number.parseInt(await readFile(join(data, "postgres", "data", "postmaster.pid"), "utf8"), 10);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(20);
}

// Each starts six or twelve processes; how long that takes on a busy machine is no part of what is tested.
const unhurried = { timeout: 180_000 };

// Why one product for all of these: each finds it running and leaves it so, until the last stops it.
describe("the supervisor", unhurried, () => {
  let product: Awaited<ReturnType<typeof openProduct>>;
  let running: Started;

  beforeAll(async () => {
    product = await openProduct();
    running = await product.start({ DATABASE_PASSWORD: "x" });
  }, unhurried.timeout);
  afterAll(() => product.close());

  it("starts every zone as a process of its own, with its own database role or none, in a folder of its own", async () => {
    const { data } = product;
    const { output, isReady } = running;
    expect(isReady, output()).toBe(true);
    const answers = await Promise.all(zones.map((name) => ask(data, name)));
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(zones.length);
    expect(new Set(answers.map(({ neighbour }) => neighbour)).size).toBe(1);
    expect(output()).toContain("http://localhost:20420");
    expect(output()).toContain("http://localhost:20421");
    expect(answers.map(({ user }) => user)).toEqual([null, null, "ak_auditor", null, "ak_clock", "ak_api"]);
    const names = answers.flatMap((answer) => answer.names);
    expect(names).toContain("AFTERKEEP_DATABASE_FILE");
    expect(names.filter((name) => /SECRET|PASSWORD|DATABASE_URL/.test(name))).toEqual([]);
    expect(answers[1]?.names).not.toContain("AFTERKEEP_DATABASE_FILE");
    expect(answers[1]?.names).not.toContain("AFTERKEEP_SMTP_URL");
    for (const path of [
      "",
      "lock",
      "secrets",
      ...(await readdir(join(data, "secrets"))).map((name) => `secrets/${name}`),
    ])
      expect((await stat(join(data, path))).mode & 0o077).toBe(0);
  });

  /** By how many steps of niceness a zone lets others go first, of those that do. */
  async function stepsBelow(): Promise<Partial<Record<ZoneName, number>>> {
    const own = getPriority();
    const answers = await Promise.all(
      zones.map(async (name) => ({ name, ...(await askPatiently(product.data, name)) })),
    );
    const steps = answers.map(({ name, pid }) => [name, getPriority(pid) - own] as const);
    return Object.fromEntries(steps.filter(([, below]) => below !== 0));
  }

  const asNobodyWaits = { clock: 10, auditor: 15 };

  it("lets those go second that nobody waits for", async () => {
    expect(await stepsBelow()).toEqual(asNobodyWaits);
  });

  it("starts a dead zone again, which goes second if it did before", async () => {
    const { pid } = await ask(product.data, "clock");
    process.kill(pid, "SIGKILL");
    await untilDead(pid);
    expect((await askPatiently(product.data, "clock")).pid).not.toBe(pid);
    expect(await stepsBelow()).toEqual(asNobodyWaits);
  });

  it("starts a dead PostgreSQL again", async () => {
    const pid = await pidOfPostgres(product.data);
    process.kill(pid, "SIGKILL");
    await untilDead(pid);
    for (let next = pid; next === pid || Number.isNaN(next); await delay(20))
      next = await pidOfPostgres(product.data).catch(() => pid);
  });

  it("refuses a data folder that is in use", async () => {
    const second = await product.start();
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain("already runs with this data folder");
  });

  it("stops everything on Ctrl-C and leaves no socket and no process", async () => {
    const { data } = product;
    const pids = (await Promise.all(zones.map((name) => ask(data, name)))).map(({ pid }) => pid);
    pids.push(await pidOfPostgres(data));
    running.child.kill("SIGINT");
    expect(await running.exited).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect((await readdir(join(data, "run"))).filter((name) => name.endsWith(".pid"))).toEqual([]);
  });
});

// Why one data folder for all of these: a start that recovered is the running product of the next.
describe("the supervisor, when an earlier start ended badly", unhurried, () => {
  let product: Awaited<ReturnType<typeof openProduct>>;
  let running: Started;

  beforeAll(async () => {
    product = await openProduct();
    running = await product.start();
  }, unhurried.timeout);
  afterAll(() => product.close());

  async function expectRecovery(): Promise<void> {
    running = await product.start();
    expect(running.isReady, running.output()).toBe(true);
  }

  it("recovers after everything was killed at once", async () => {
    const { data } = product;
    const pids = (await Promise.all(zones.map((name) => ask(data, name)))).map(({ pid }) => pid);
    for (const pid of [running.child.pid ?? 0, ...pids, await pidOfPostgres(data)]) process.kill(pid, "SIGKILL");
    await expectRecovery();
  });

  it("recovers when it alone was killed: zones end by themselves, and its PostgreSQL is taken over", async () => {
    const zone = (await ask(product.data, "keyholder")).pid;
    const postgres = await pidOfPostgres(product.data);
    running.child.kill("SIGKILL");
    await running.exited;
    await untilDead(zone);
    await expectRecovery();
    // Why waited for: whoever adopted it may not have taken notice of its end yet.
    await untilDead(postgres);
  });

  it("ends a zone that hangs on after its supervisor was killed", async () => {
    const zone = (await ask(product.data, "keyholder")).pid;
    // Stopped, it cannot notice that the supervisor is gone.
    process.kill(zone, "SIGSTOP");
    running.child.kill("SIGKILL");
    await running.exited;
    await expectRecovery();
    expect((await ask(product.data, "keyholder")).pid).not.toBe(zone);
  });

  it("stops when the script that started it is gone", async () => {
    running.child.disconnect();
    expect(await running.exited).toBe(0);
  });
});

describe("the supervisor that cannot start, or must not", unhurried, () => {
  it("says why a zone does not start, and stops what it had started", () =>
    withProduct(async ({ data, start }) => {
      const { output, exited } = await start({}, ["clock"]);
      expect(await exited).toBe(1);
      expect(output()).toContain("this zone was built to fail");
      await expect(pidOfPostgres(data)).rejects.toThrow(/ENOENT/);
    }));

  it("has no mailbox in production, wants a mail server there, and is never used in another mode afterwards", () =>
    withProduct(async ({ data, start }) => {
      const production = {
        AFTERKEEP_MODE: "production",
        AFTERKEEP_SMTP_URL: "smtp://127.0.0.1:20999",
        AFTERKEEP_PUBLIC_URL: "https://vault.example.org",
        AFTERKEEP_KMS_SEAL_FILE: await aSealFile(data, "kms"),
        AFTERKEEP_KEYHOLDER_SEAL_FILE: await aSealFile(data, "keyholder"),
      };
      expect((await start({ AFTERKEEP_MODE: "production" })).output()).toContain("AFTERKEEP_SMTP_URL");
      const { child, exited, output, isReady } = await start(production);
      expect(isReady, output()).toBe(true);
      const given = await Promise.all(
        (["kms", "keyholder", "clock", "api", "auditor"] as const).map((zone) => ask(data, zone)),
      );
      expect(given.map(({ names }) => names.filter((name) => name.includes("SEAL")))).toEqual([
        ["AFTERKEEP_SEAL_FILE"],
        ["AFTERKEEP_SEAL_FILE"],
        [],
        [],
        [],
      ]);
      expect(output()).not.toContain("Mailbox");
      await expect(ask(data, "mailbox")).rejects.toThrow();
      child.kill("SIGTERM");
      await exited;
      expect((await start({ AFTERKEEP_MODE: "local" })).output()).toContain("made in production mode");
    }));
});
