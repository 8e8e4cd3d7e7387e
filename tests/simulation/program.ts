import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Why no seeded bugs: each is planted in a process of its own, and their seeds are searched anew without a change of anything that lives here. */
const parts = [
  "common/*/src/**/*.ts",
  "client/{sdk,sealing}/src/**/*.ts",
  "server/{api,clock,keyholder,kms,platform}/src/**/*.ts",
  "tests/simulation/**/*.ts",
  "package-lock.json",
];
const besides = ["**/*.test.ts", "**/*.scratch.ts", "tests/simulation/mutants/**"];

/** A hash of all that may live in a simulated world: the same worlds of another program are other lives. */
export function hashProgram(): string {
  const hash = createHash("sha256");
  for (const path of globSync(parts, { cwd: root, exclude: besides }).sort()) {
    hash.update(JSON.stringify([path, readFileSync(join(root, path), "utf8")]));
  }
  return hash.digest("base64url");
}
