#!/usr/bin/env node
// Plain JavaScript that runs on Node 20: finds a Node that runs TypeScript, and hands over.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/bootstrap.mjs";
import { cliBundle } from "../../../scripts/cli-bundle.mjs";

function findNode() {
  const locked = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  if (existsSync(locked) && spawnSync(locked, ["--version"]).status === 0) return locked;
  console.error(
    "afterkeep needs Node 24 or later. Install the locked dependencies (npm ci), or Node from https://nodejs.org.",
  );
  process.exit(5);
}

// Why a small young generation: what passes through is dead at once, and V8's default keeps tens of megabytes of it before it looks.
const flags = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=2"];
const program = cliBundle() ?? join(root, "client/cli/src/main.ts");
const args = [...flags, program, ...process.argv.slice(2)];
// Why: reading TypeScript anew takes longer than many a command, and 20 MB. It lies with the code, and Node checks that it fits the source.
const NODE_COMPILE_CACHE = join(root, "node_modules/.cache/afterkeep-compiled");
// Why: glibc gives each thread an arena of its own and keeps what was freed in it; with these two it gives it back.
const malloc = { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072" };
const env = { NODE_COMPILE_CACHE, ...malloc, ...process.env };
const child = spawn(findNode(), args, { stdio: "inherit", env });
// Ctrl-C reaches the child by itself (same terminal); this process only must outlive it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
