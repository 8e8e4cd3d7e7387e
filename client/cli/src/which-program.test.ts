import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const files = ["client/cli/bin/afterkeep.mjs", "package-lock.json"];
files.push(...["bootstrap", "build-room", "cli-bundle"].map((name) => `scripts/${name}.mjs`));
const [source, built] = ["client/cli/src/main.ts", "client/cli/dist/afterkeep.mjs"];
const read = "common/bytes/src/concat.ts";
let folder: string;

async function write(path: string, text: string, changed: Date): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  await utimes(join(folder, path), changed, changed);
}

async function whatRuns(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "client/cli/bin/afterkeep.mjs")]);
  return stdout.trim();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-which-"));
  const before = new Date("2026-01-01");
  for (const file of files) {
    await cp(join(root, file), join(folder, file));
    await utimes(join(folder, file), before, before);
  }
  for (const room of ["sdk", "sealing", "import"]) await mkdir(join(folder, "client", room));
  await write(source, `console.log("source");`, before);
  await write(read, "", before);
});

afterEach(() => rm(folder, { recursive: true }));

it("the command line runs what was built of its source, and never what was built of an older one", async () => {
  expect(await whatRuns()).toBe("source");
  await write(built, `console.log("built");`, new Date("2026-01-02"));
  expect(await whatRuns()).toBe("built");
  await write(read, "changed", new Date("2026-01-03"));
  expect(await whatRuns()).toBe("source");
});
