// Plain JavaScript that runs on Node 20, without any dependency: what every command of package.json needs before its real work.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the locked dependencies when they are missing or not the locked ones. */
export function installDependencies() {
  if (isInstalled()) return;
  console.error("Installing the locked dependencies (npm ci) …");
  // Why without scripts: nothing here needs one (the PostgreSQL launcher restores the package's symbolic links itself), and
  // npm versions differ in whether they run them. Why dev too: the web bundle is built here.
  const flags = [
    "ci",
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const outcome = spawnSync("npm", flags, { cwd: root, stdio: ["ignore", 2, 2] });
  if (outcome.status !== 0) fail("The dependencies could not be installed. Is the package registry reachable?");
}

function isInstalled() {
  const installed = readLock(join(root, "node_modules/.package-lock.json"));
  if (installed === null) return false;
  const wanted = readLock(join(root, "package-lock.json"));
  return Object.entries(wanted ?? {}).every(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/")) return true;
    const found = installed[path];
    // An optional one may be for another platform.
    if (found === undefined) return optional === true;
    return link === true ? found.link === true : found.version === version && existsSync(join(root, path));
  });
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return null;
  }
}

/** A Node of version 24 or later: the locked one, else the one that runs this. */
export function findNode() {
  const locked = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  for (const candidate of [locked, process.execPath]) {
    const { stdout, status } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    if (status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) >= 24) return candidate;
  }
  return fail("Afterkeep needs Node 24 or later on this platform. Install it from https://nodejs.org and try again.");
}

/** Runs a program in the foreground until it ends; signals go to it, and it ends when we are killed (it sees its channel close). */
export function runForeground(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["inherit", "inherit", "inherit", "ipc"], ...options });
    // Ctrl-C reaches the child by itself (same terminal); this process only must outlive it.
    process.on("SIGINT", () => {});
    for (const name of ["SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
    child.on("error", (error) => fail(String(error)));
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** Runs a TypeScript entry of ours under Node 24 and ends with its exit code. */
export async function runTypeScript(entry, args = process.argv.slice(2), env = {}) {
  installDependencies();
  const node = findNode();
  if (!existsSync(join(root, entry))) fail(`${entry} is not there.`);
  process.exitCode = await runForeground(node, [entry, ...args], { env: nodeEnvironment(node, env) });
  if (process.connected) process.disconnect();
}

/**
 * The environment for our programs: Node 24 first on the path, and what it made of our TypeScript kept between its starts.
 * Why kept: half of what a zone's start takes. It lies with the code, whoever may write there may change the code itself, and Node checks that it
 * fits the source.
 */
export function nodeEnvironment(node, env = {}) {
  const NODE_COMPILE_CACHE = join(root, "node_modules/.cache/afterkeep-compiled");
  return {
    NODE_COMPILE_CACHE,
    ...process.env,
    ...env,
    PATH: `${dirname(node)}:${process.env.PATH ?? "/usr/bin:/bin"}`,
  };
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}
