import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail, nodeEnvironment, root } from "./bootstrap.mjs";

const sources = ["client/web", "client/sdk", "client/sealing", "common", "package-lock.json"];

/** Builds client/web/dist when it is missing or older than anything that goes into it. */
export function buildWebBundle(node) {
  if (!existsSync(join(root, "client/web/index.html")) || isFresh()) return;
  console.error("Building the web app …");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const fresh = join(root, `node_modules/.cache/afterkeep-web-${process.pid}`);
  const outcome = spawnSync(node, [vite, "build", "--logLevel", "warn", "--outDir", fresh, "--emptyOutDir"], {
    cwd: join(root, "client/web"),
    env: nodeEnvironment(node),
    stdio: ["ignore", 2, 2],
  });
  if (outcome.status !== 0) fail("The web app could not be built.");
  putInPlace(fresh, join(root, "client/web/dist"));
}

// Why built beside and swapped: another start may be serving the folder, and must never find it half written.
function putInPlace(fresh, dist) {
  const old = `${fresh}-old`;
  mkdirSync(dirname(old), { recursive: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

function isFresh() {
  const built = join(root, "client/web/dist/index.html");
  return existsSync(built) && Math.max(...sources.map(newestChange)) <= statSync(built).mtimeMs;
}

function newestChange(path) {
  const absolute = join(root, path);
  const status = statSync(absolute);
  if (!status.isDirectory()) return status.mtimeMs;
  const names = readdirSync(absolute).filter(
    (name) => !["dist", "node_modules"].includes(name) && !/\.test\.tsx?$/.test(name),
  );
  return Math.max(0, ...names.map((name) => newestChange(join(path, name))));
}
