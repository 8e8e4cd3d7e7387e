import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { DatabaseConfig } from "../database/database-config.ts";
import { DependencyError } from "../errors/errors.ts";
import { makePrivateFolder } from "../files/private-files.ts";
import { readOrCreateSecret } from "../files/secrets.ts";
import { makeSocketFolder } from "../files/socket-folder.ts";
import { stopOrphanedPostgres } from "./orphaned-postgres.ts";
import { choosePostgresAccount, type PostgresAccount } from "./postgres-account.ts";
import { installPostgresSoftware } from "./postgres-software.ts";

const superuser = "ak_superuser";
const socketName = ".s.PGSQL.5432";

export type RunningPostgres = {
  /** The superuser's way in, database `postgres`. */
  admin: DatabaseConfig;
  pid: number;
  /** Resolves when the server process has ended, for whatever reason. */
  ended: Promise<void>;
  /** Fast shutdown: open transactions roll back, data are flushed. */
  stop(): Promise<void>;
};
export type StartPostgresOptions = {
  /** Folder of this cluster; made when missing. */
  homeDir: string;
  /** Folder for the superuser's password (0600). */
  secretsDir: string;
  /** Off only for throw-away clusters of tests. */
  durable?: boolean;
};

type Cluster = { software: string; data: string; socket: string; account: PostgresAccount | null; home: string };

/**
 * Starts the bundled PostgreSQL on a unix socket in a private folder; no TCP. Makes the cluster at the first start, and first
 * stops what a killed supervisor left behind. As root the server runs as user `afterkeep` or `nobody`.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const cluster = await prepareCluster(options.homeDir);
  const password = await readOrCreateSecret(join(options.secretsDir, superuser));
  if (!existsSync(join(cluster.data, "PG_VERSION"))) await initialise(cluster, password, options.durable ?? true);
  await stopOrphanedPostgres(cluster.data);
  // Why: the lock beside a dead server's socket names a process that may be a zombie or a stranger by now, and PostgreSQL would
  // believe it. Nobody works in this cluster any more, and the folder is this cluster's alone.
  for (const name of [socketName, `${socketName}.lock`]) await rm(join(cluster.socket, name), { force: true });
  const child = await spawnServer(cluster, options.durable ?? true);
  const ended = once(child, "exit").then(() => undefined);
  const admin = { host: cluster.socket, port: 5432, user: superuser, password, database: "postgres" };
  await waitUntilReady(admin, child, join(cluster.home, "postgres.log"));
  return { admin, pid: child.pid ?? 0, ended, stop: () => stopServer(child, ended) };
}

async function prepareCluster(home: string): Promise<Cluster> {
  const account = await choosePostgresAccount();
  await makePrivateFolder(home);
  const software = await installPostgresSoftware(account === null ? home : "/var/lib/afterkeep-software");
  const socket = await makeSocketFolder(join(home, "socket"), socketName);
  if (account !== null) await chown(socket, account.uid, account.gid);
  return { software, data: join(home, "data"), socket, account, home };
}

async function initialise(cluster: Cluster, password: string, durable: boolean): Promise<void> {
  const fresh = `${cluster.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  if (cluster.account !== null) await chown(fresh, cluster.account.uid, cluster.account.gid);
  const folder = await open(fresh, "r");
  const passwordFile = await openUnlinked(join(cluster.home, "initdb.password"), password);
  const arguments_ = [
    ...["-D", inherited(fresh, 3, cluster), "-U", superuser, "--pwfile=/proc/self/fd/4"],
    ...["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums", ...(durable ? [] : ["--no-sync"])],
  ];
  try {
    const output = await run(cluster, "initdb", arguments_, [folder.fd, passwordFile.fd]);
    if (output.status !== 0) throw new DependencyError("initdb-failed", `PostgreSQL cannot be set up: ${output.text}`);
  } finally {
    await Promise.all([folder.close(), passwordFile.close()]);
  }
  // Why last: a start that is killed before this line leaves nothing that looks like a cluster.
  await rename(fresh, cluster.data);
}

/** A file that only holders of its descriptor can read. */
async function openUnlinked(path: string, content: string): Promise<FileHandle> {
  await rm(path, { force: true });
  const file = await open(path, "wx+", 0o600);
  await file.writeFile(content);
  await file.chmod(0o644);
  await rm(path);
  return file;
}

// Why by descriptor when we are root: the data folder stays closed to everyone (0700, wherever it lies), and the server's user
// still gets its own folders, handed over open. Without root the plain path is the same thing.
function inherited(path: string, descriptor: number, cluster: Cluster): string {
  return cluster.account === null ? path : `/proc/self/fd/${descriptor}`;
}

async function spawnServer(cluster: Cluster, durable: boolean): Promise<ChildProcess> {
  const log = await open(join(cluster.home, "postgres.log"), "a", 0o600);
  const folders = await Promise.all([open(cluster.data, "r"), open(cluster.socket, "r")]);
  const settings = {
    listen_addresses: "",
    unix_socket_directories: inherited(cluster.socket, 4, cluster),
    unix_socket_permissions: "0700",
    fsync: durable ? "on" : "off",
    max_connections: "120",
    password_encryption: "scram-sha-256",
    // Why: statements and row contents carry what people wrote; the log names only the kind of an error.
    log_error_verbosity: "terse",
    log_min_error_statement: "panic",
    log_parameter_max_length_on_error: "0",
    log_min_messages: "warning",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(cluster.software, "bin/postgres"), ["-D", inherited(cluster.data, 3, cluster), ...flags], {
    ...processOptions(cluster),
    stdio: ["ignore", log.fd, log.fd, folders[0].fd, folders[1].fd],
    // Why: Ctrl-C reaches the whole foreground group, and the zones must be able to finish before their database goes.
    detached: true,
  });
  await once(child, "spawn");
  await Promise.all([log.close(), ...folders.map((folder) => folder.close())]);
  return child;
}

function processOptions(cluster: Cluster) {
  const identity = cluster.account === null ? {} : { uid: cluster.account.uid, gid: cluster.account.gid };
  return { ...identity, cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } };
}

async function run(cluster: Cluster, program: string, arguments_: string[], descriptors: number[]) {
  const child = spawn(join(cluster.software, "bin", program), arguments_, {
    ...processOptions(cluster),
    stdio: ["ignore", "pipe", "pipe", ...descriptors],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [status]: unknown[] = await once(child, "close");
  return { status, text: Buffer.concat(chunks).toString("utf8").slice(-2_000) };
}

async function waitUntilReady(admin: DatabaseConfig, child: ChildProcess, logPath: string): Promise<void> {
  const patienceMs = 120_000;
  const stepMs = 50;
  for (let waited = 0; waited < patienceMs; waited += stepMs) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await answers(admin)) return;
    await delay(stepMs);
  }
  child.kill("SIGINT");
  const log = await readFile(logPath, "utf8").catch(() => "");
  throw new DependencyError(
    "postgres-did-not-start",
    `PostgreSQL did not start. Its last words:\n${log.slice(-1_000)}`,
  );
}

async function answers(admin: DatabaseConfig): Promise<boolean> {
  const client = new pg.Client(admin);
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function stopServer(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  const force = setTimeout(() => child.kill("SIGQUIT"), 30_000);
  await ended;
  clearTimeout(force);
}
