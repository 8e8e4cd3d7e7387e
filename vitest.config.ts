import { defineConfig } from "vitest/config";
import react from "@vitejs/plugin-react";

// Why two workers: the reference machine has two cores, and every worker may hold a PostgreSQL, a browser or five zones.
const maxWorkers = Number(process.env["AFTERKEEP_TEST_WORKERS"] ?? 2);
const exclude = ["**/node_modules/**", "**/dist/**"];
const onTheFastClock = [
  "demo",
  "hostile-release",
  "keyholder-says-no",
  "opener",
  "story",
  "web-story",
  "zero-knowledge",
].map((story) => `tests/e2e/${story}.test.ts`);
const torture = "tests/torture/**/*.test.ts";
const everyday = { pool: "forks" as const, testTimeout: 30_000, hookTimeout: 60_000, exclude };
const wholeProduct = { ...everyday, testTimeout: 300_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers,
    projects: [
      {
        plugins: [react()],
        test: {
          ...everyday,
          name: "plain",
          include: ["{common,client,server,operator,scripts}/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
          exclude: [...exclude, "**/*.pg.test.ts", "tests/e2e/**", torture],
        },
      },
      {
        test: {
          ...everyday,
          name: "postgres",
          include: ["{common,client,server,operator,tests}/**/*.pg.test.ts"],
          exclude: [...exclude, "tests/e2e/**"],
          globalSetup: ["server/platform/src/testing/postgres-global-setup.ts"],
        },
      },
      {
        // Why apart: these start the whole product, and would make every wait of the others longer. Two at once: they wait for real time only.
        test: {
          ...wholeProduct,
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          exclude: [...exclude, ...onTheFastClock],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Why one at a time: on a clock that runs a day in seconds, a busy second is hours in which nobody checked in.
        test: {
          ...wholeProduct,
          name: "fast-clock",
          include: [...onTheFastClock, torture],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
