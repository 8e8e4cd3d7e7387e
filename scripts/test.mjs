import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { findNode, installDependencies, nodeEnvironment, runForeground } from "./bootstrap.mjs";
import { installDebianPackages } from "./debian-packages.mjs";
import { buildCliBundle } from "./cli-bundle.mjs";
import { buildWebBundle } from "./web-bundle.mjs";

/** Where files are in memory on Linux. Thousands of commits wait for a disk, which shows nothing. */
const memory = "/dev/shm";
const roomBytes = 8 * 2 ** 30;

installDependencies();
installDebianPackages();
const node = findNode();
buildWebBundle(node);
buildCliBundle(node);

const folder = mkdtempSync(join(roomy() ? memory : tmpdir(), "ak-"));
// Why for everybody: as root, PostgreSQL runs as another user, and its folder is in this one.
chmodSync(folder, 0o1777);
const report = join(folder, "report.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const vitest = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)];
const exitCode = await runForeground(node, vitest, {
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...nodeEnvironment(node), TMPDIR: folder },
});
const { passed, failed } = count(report, exitCode);
takeAway(folder);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** Why it fails no run: what a test has left running may still write there. */
function takeAway(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch (error) {
    console.error(`${path} could not be removed: ${error.message}`);
  }
}

function roomy() {
  if (!existsSync(memory) || freemem() < 1.5 * roomBytes) return false;
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > roomBytes;
}

function count(path, status) {
  let results;
  try {
    results = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const tests = results.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((test) => !["passed", "failed"].includes(test.status));
  for (const test of skipped) console.log(`A skipped test proves nothing and fails the run: ${test.fullName}`);
  const brokenFiles = results.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const failed = tests.filter((test) => test.status === "failed").length + brokenFiles.length + skipped.length;
  // An error outside any test (an unhandled rejection, a failed set-up) fails the run too.
  return {
    passed: tests.filter((test) => test.status === "passed").length,
    failed: failed === 0 && status !== 0 ? 1 : failed,
  };
}
