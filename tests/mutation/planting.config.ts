import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { plantedByName } from "./planted-by-name.ts";

const root = join(import.meta.dirname, "../..");
const bug = plantedByName.find(({ name }) => name === process.env["AFTERKEEP_PLANTED"]);
if (bug === undefined) throw new Error("no such bug");
const file = join(root, bug.file);
const places = readFileSync(file, "utf8").split(bug.find).length - 1;
if (places !== 1) throw new Error(`${bug.file}: the bug's place is there ${places} times`);

// Why by the loader: nothing that is started in any other way can have a bug in it, and no file of the tree is touched.
const plant = {
  name: "plant",
  enforce: "pre" as const,
  transform: (source: string, id: string) => (id === file ? source.replace(bug.find, () => bug.replace) : null),
};

/** One file of the product with one bug, for one file of tests. */
export default defineConfig({
  root,
  plugins: [plant],
  // Why no cache: it knows a module by what stands in its file, and would give one bug for another.
  test: { include: [bug.test], pool: "forks", maxWorkers: 1, testTimeout: 30_000, fsModuleCache: false },
});
