import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail, nodeEnvironment, root } from "./bootstrap.mjs";

/**
 * Builds `room`/dist with Vite when `page` in it is missing or older than anything of `sources`.
 * @param adding puts more into the fresh folder before it is taken into use
 */
export function buildRoom(node, { room, page, sources, saying, adding = () => {} }) {
  const dist = join(root, room, "dist");
  if (isFresh(join(dist, page), sources)) return;
  console.error(saying);
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const fresh = join(root, `node_modules/.cache/afterkeep-${room.replace("/", "-")}-${process.pid}`);
  const outcome = spawnSync(node, [vite, "build", "--logLevel", "warn", "--outDir", fresh, "--emptyOutDir"], {
    cwd: join(root, room),
    env: nodeEnvironment(node),
    stdio: ["ignore", 2, 2],
  });
  if (outcome.status !== 0) fail(`${room} could not be built.`);
  adding(fresh);
  putInPlace(fresh, dist);
}

// Why built beside and swapped: another start may be serving the folder, and must never find it half written.
function putInPlace(fresh, dist) {
  const old = `${fresh}-old`;
  mkdirSync(dirname(old), { recursive: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

/** Whether there is `built`, and nothing of `sources` changed since it was. */
export function isFresh(built, sources) {
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
