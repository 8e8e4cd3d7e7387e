// Everything but tests. `npm run verify -- --update` rewrites what is generated instead of comparing it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNode, installDependencies, nodeEnvironment, root } from "./bootstrap.mjs";
import { checkLinks } from "./check-links.mjs";
import { scanSecrets } from "./scan-secrets.mjs";

installDependencies();
const node = findNode();
const isUpdate = process.argv.includes("--update");
const checks = {
  format: () =>
    run("node_modules/prettier/bin/prettier.cjs", isUpdate ? "--write" : "--check", "--log-level=warn", "."),
  lint: () => run("node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings", "--quiet"),
  types: () => run("node_modules/typescript/bin/tsc", "-p", "tsconfig.json"),
  "rules of the tree": () => run("tests/architecture/main.ts"),
  "OpenAPI document": () => compare("server/api/src/openapi-print.ts", "specs/openapi.json"),
  "SQL schema": () => compare("scripts/dump-schema.ts", "sql/schema.sql"),
  secrets: () => report(scanSecrets()),
  "links in documents": () => report(checkLinks()),
};

const failed = Object.entries(checks).filter(([name, check]) => {
  const holds = check();
  console.log(`${holds ? "ok    " : "FAILED"} ${name}`);
  return !holds;
});
process.exitCode = failed.length === 0 ? 0 : 1;

function run(...args) {
  const options = { cwd: root, env: nodeEnvironment(node), stdio: ["ignore", "inherit", "inherit"] };
  return spawnSync(node, args, options).status === 0;
}

/** Whether what `program` prints is what `file` holds. */
function compare(program, file) {
  const path = join(root, file);
  const printed = spawnSync(node, [program], {
    cwd: root,
    env: nodeEnvironment(node),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (printed.status !== 0) return report([`${program} failed:\n${printed.stderr}`]);
  if (isUpdate) writeFileSync(path, printed.stdout);
  const kept = existsSync(path) ? readFileSync(path, "utf8") : "";
  return report(
    kept === printed.stdout ? [] : [`${file} is not what ${program} prints; run: npm run verify -- --update`],
  );
}

function report(lines) {
  for (const line of lines) console.error(line);
  return lines.length === 0;
}
