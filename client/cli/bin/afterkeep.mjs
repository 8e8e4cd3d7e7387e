#!/usr/bin/env node
// Plain JavaScript that runs on Node 20: finds a Node that runs TypeScript, and hands over.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const room = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(room));

function findNode() {
  const locked = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  if (existsSync(locked) && spawnSync(locked, ["--version"]).status === 0) return locked;
  console.error(
    "afterkeep needs Node 24 or later. Install the locked dependencies (npm ci), or Node from https://nodejs.org.",
  );
  process.exit(5);
}

const args = ["--disable-warning=ExperimentalWarning", join(room, "src/main.ts"), ...process.argv.slice(2)];
// Why: reading TypeScript anew takes longer than many a command, and 20 MB. It lies with the code, and Node checks that it fits the source.
const env = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/afterkeep-compiled"), ...process.env };
const child = spawn(findNode(), args, { stdio: "inherit", env });
// Ctrl-C reaches the child by itself (same terminal); this process only must outlive it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
