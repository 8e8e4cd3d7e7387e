import { readdirSync } from "node:fs";
import { join } from "node:path";
import { merkleRunner } from "./merkle.ts";
import { Report, type Runner } from "./report.ts";
import { tlogTilesRunner } from "./tlog-tiles.ts";
import { totpRunner } from "./totp.ts";
import { wycheproofRunners } from "./wycheproof.ts";

const runners: readonly Runner[] = [...wycheproofRunners, merkleRunner, tlogTilesRunner, totpRunner];

process.exitCode = runAll(process.argv[2]);

/** 0 if every case of every covered file holds, 1 if one does not or nothing was covered, 2 on wrong usage. */
function runAll(folder: string | undefined): number {
  if (folder === undefined) {
    console.error("usage: npm run conformance -- FOLDER");
    return 2;
  }
  const paths = listFiles(folder);
  const reports = runners.map((runner) => runOne(runner, folder, paths));
  printUncovered(paths.filter((path) => !runners.some((runner) => runner.covers(path))));
  const passed = reports.reduce((sum, report) => sum + report.passed, 0);
  const failed = reports.reduce((sum, report) => sum + report.failures.length, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function runOne(runner: Runner, folder: string, paths: readonly string[]): Report {
  const report = new Report();
  const covered = paths.filter((path) => runner.covers(path));
  if (covered.length === 0) return report;
  report.check(`${runner.title}: runs to its end`, () => (runner.run(folder, covered, report), true));
  console.log(`${runner.title}: ${report.passed} passed, ${report.failures.length} failed`);
  for (const failure of report.failures.slice(0, 20)) console.log(`  failed: ${failure}`);
  return report;
}

function printUncovered(paths: readonly string[]): void {
  if (paths.length === 0) return;
  console.log(`no runner for ${paths.length} files:`);
  for (const path of paths) console.log(`  ${path}`);
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .sort();
}
