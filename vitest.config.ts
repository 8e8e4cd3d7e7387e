import { defineConfig } from "vitest/config";
import react from "@vitejs/plugin-react";
import { LongestFirst } from "./scripts/longest-first.ts";

// Why two workers: the reference machine has two cores, and every worker may hold a PostgreSQL, a browser or five zones.
const maxWorkers = Number(process.env["AFTERKEEP_TEST_WORKERS"] ?? 2);
const exclude = ["**/node_modules/**", "**/dist/**"];
const torture = "tests/torture/**/*.test.ts";
const longLife = "tests/simulation/long-life.test.ts";
/**
 * Why files share a worker: reading the same modules anew for each took longer than most files themselves. Nothing is replaced by a mock here
 * that a later file could meet, and what is stubbed is put back.
 */
const everyday = {
  pool: "forks" as const,
  isolate: false,
  unstubGlobals: true,
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [react()],
        test: {
          ...everyday,
          name: "plain",
          include: ["{common,client,server,operator,scripts}/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
          exclude: [...exclude, "**/*.pg.test.ts", "tests/e2e/**", torture, longLife],
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
        // Why apart: these start the whole product, and would make every wait of the others longer.
        // Why two more at once than elsewhere: they wait for their clocks more than half of the time. Why not still more: on a clock that runs a day in
        // seconds, a busy second is hours in which nobody checked in. And one for the simulated worlds, which take the processor's time that these leave.
        test: {
          pool: "forks",
          maxWorkers: maxWorkers + 3,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          name: "product",
          include: ["tests/e2e/**/*.test.ts", torture, longLife],
          exclude,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
