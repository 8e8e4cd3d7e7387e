import { defineConfig } from "vitest/config";
import react from "@vitejs/plugin-react";

// Why two workers: the reference machine has two cores, and every worker may hold a PostgreSQL, a browser or five zones.
const maxWorkers = Number(process.env["AFTERKEEP_TEST_WORKERS"] ?? 2);
const exclude = ["**/node_modules/**", "**/dist/**"];
const everyday = { pool: "forks" as const, testTimeout: 30_000, hookTimeout: 60_000, exclude };

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
          exclude: [...exclude, "**/*.pg.test.ts", "tests/e2e/**"],
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
        // Why apart and one at a time: these start the whole product, and a second one beside them would make every wait longer.
        test: {
          ...everyday,
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
