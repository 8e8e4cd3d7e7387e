import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asAdmin } from "../database/roles.ts";
import { stopOrphanedPostgres } from "./orphaned-postgres.ts";
import { choosePostgresAccount } from "./postgres-account.ts";
import { type RunningPostgres, startPostgres } from "./start-postgres.ts";

async function withHome(work: (start: () => Promise<RunningPostgres>, home: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-launcher-"));
  const home = join(folder, "postgres");
  const started: RunningPostgres[] = [];
  const start = async () => {
    const postgres = await startPostgres({ homeDir: home, secretsDir: join(folder, "secrets"), durable: false });
    started.push(postgres);
    return postgres;
  };
  try {
    await work(start, home);
  } finally {
    await started.at(-1)?.stop();
    await rm(folder, { recursive: true });
  }
}

const ask = async (postgres: RunningPostgres, sql: string): Promise<unknown[]> =>
  asAdmin(postgres.admin, async (client) => (await client.query(sql)).rows);
const kill = async (postgres: RunningPostgres) => {
  process.kill(postgres.pid, "SIGKILL");
  await postgres.ended;
};

/** A process that is no PostgreSQL but belongs to the same user, as PostgreSQL itself only believes in its own user's. */
async function aStranger(): Promise<ChildProcess> {
  const account = await choosePostgresAccount();
  const stranger = spawn("sleep", ["600"], account === null ? {} : { uid: account.uid, gid: account.gid });
  await once(stranger, "spawn");
  return stranger;
}

describe("the PostgreSQL launcher", () => {
  it("starts on a unix socket in a private folder, never on TCP, and keeps its data", () =>
    withHome(async (start, home) => {
      const first = await start();
      expect(await ask(first, "show listen_addresses")).toEqual([{ listen_addresses: "" }]);
      await ask(first, "create table kept (a int)");
      await first.stop();
      expect(await ask(await start(), "select * from kept")).toEqual([]);
      expect((await stat(home)).mode & 0o077).toBe(0);
    }));

  it("wants the password even from the socket", () =>
    withHome(async (start) => {
      const { admin } = await start();
      await expect(asAdmin({ ...admin, password: "guess" }, async () => 1)).rejects.toThrow(/authentication failed/);
    }));

  it("stops the server that a killed supervisor left running, and starts its own on the same data", () =>
    withHome(async (start) => {
      const orphan = await start();
      await ask(orphan, "create table kept (a int)");
      const next = await start();
      expect(next.pid).not.toBe(orphan.pid);
      await orphan.ended;
      expect(await ask(next, "select * from kept")).toEqual([]);
    }));

  it("recovers when the server itself was killed", () =>
    withHome(async (start) => {
      const killed = await start();
      await ask(killed, "create table kept (a int)");
      await kill(killed);
      expect(await ask(await start(), "select * from kept")).toEqual([]);
    }));

  it("leaves a stranger alone whose process id stands in old lock files, and starts all the same", () =>
    withHome(async (start, home) => {
      const killed = await start();
      const locks = [join(home, "data", "postmaster.pid"), join(killed.admin.host, ".s.PGSQL.5432.lock")];
      const old = await Promise.all(locks.map((path) => readFile(path, "utf8")));
      await kill(killed);
      const stranger = await aStranger();
      try {
        for (const [index, path] of locks.entries())
          await writeFile(path, (old[index] ?? "").replace(/^\d+/, String(stranger.pid)));
        expect(await ask(await start(), "select 1 as one")).toEqual([{ one: 1 }]);
        expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      } finally {
        stranger.kill();
      }
    }));

  it("finds nothing to stop in a folder where nothing runs", () =>
    withHome(async (start, home) => {
      await (await start()).stop();
      await expect(stopOrphanedPostgres(join(home, "data"))).resolves.toBeUndefined();
    }));

  it("works in a folder whose path is too long for a socket", async () => {
    const folder = await mkdtemp(join(tmpdir(), "afterkeep-launcher-"));
    const home = join(folder, "x".repeat(90), "postgres");
    const postgres = await startPostgres({ homeDir: home, secretsDir: join(folder, "secrets"), durable: false });
    try {
      expect(await ask(postgres, "select 1 as one")).toEqual([{ one: 1 }]);
      expect((await stat(postgres.admin.host)).mode & 0o077).toBe(0);
    } finally {
      await postgres.stop();
      await rm(folder, { recursive: true });
      await rm(postgres.admin.host, { recursive: true });
    }
  });
});
