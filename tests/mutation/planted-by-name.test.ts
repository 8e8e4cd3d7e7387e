import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type PlantedBug, plantedByName } from "./planted-by-name.ts";

const report = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

/** What became of the tests of the bug's file with the bug in it. Throws where they could not be run. */
function runWith({ name }: PlantedBug): { failed: string[]; passed: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-planted-"));
  const file = join(folder, "report.json");
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const { stderr } = spawnSync(process.execPath, [...vitest, "--config=tests/mutation/planting.config.ts"], {
      cwd: join(import.meta.dirname, "../.."),
      env: { ...process.env, AFTERKEEP_PLANTED: name },
      encoding: "utf8",
    });
    if (!existsSync(file)) throw new Error(stderr);
    const read = report.parse(JSON.parse(readFileSync(file, "utf8")));
    const results = read.testResults.flatMap((one) => one.assertionResults);
    const of = (status: string) => results.filter((one) => one.status === status).map(({ fullName }) => fullName);
    return { failed: of("failed"), passed: of("passed") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a bug of the kind that protocol §7 names", () => {
  it.each(plantedByName)(
    "is noticed: $name",
    (bug) => {
      const { failed, passed } = runWith(bug);
      expect(bug.noticedBy.filter((name) => !failed.some((one) => one.endsWith(name)))).toEqual([]);
      // Why: a file that cannot even be loaded would fail whatever was in it.
      expect(passed).not.toEqual([]);
    },
    60_000,
  );
});
