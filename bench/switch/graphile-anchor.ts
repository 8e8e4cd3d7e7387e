import type { PreparedDatabase } from "@afterkeep/platform";
import { Logger, run, type Runner, runMigrations, type Task } from "graphile-worker";
import pg from "pg";
import { runSql } from "./a-database.ts";

const preset = {
  worker: {
    concurrentJobs: 24,
    // "Batched": jobs are fetched 500 at a time and completed together, as its documentation advises for many small ones.
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  },
};
const logger = new Logger(() => () => {});

/** Seconds from the first job's start until all `jobs` jobs are done and gone. Each job names the n-th switch. */
export async function timeGraphile(database: PreparedDatabase, jobs: number, task: Task): Promise<number> {
  const pgPool = new pg.Pool({ ...database.admin, ssl: false, max: 30 });
  const onError = (error: unknown) => console.error("graphile-worker's pool:", error);
  pgPool.on("error", onError);
  pgPool.on("connect", (client) => client.on("error", onError));
  try {
    await runMigrations({ pgPool, logger, preset });
    await runSql(
      database.admin,
      "truncate graphile_worker._private_jobs",
      `select graphile_worker.add_jobs(array_agg(('advance', json_build_object('n', n), null, now(), 1, null, 0, null)::graphile_worker.job_spec))
       from generate_series(1, ${jobs}) n`,
      "vacuum analyze graphile_worker._private_jobs",
    );
    return await timeRun(pgPool, jobs, task);
  } finally {
    await pgPool.end();
  }
}

async function timeRun(pgPool: pg.Pool, jobs: number, task: Task): Promise<number> {
  let start = 0;
  let done = 0;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const advance: Task = async (payload, helpers) => {
    if (start === 0) start = performance.now();
    await task(payload, helpers);
    done += 1;
    if (done === jobs) resolve();
  };
  const runner: Runner = await run({ pgPool, taskList: { advance }, noHandleSignals: true, logger, preset });
  await all;
  // Stopping waits until the last completions are written.
  await runner.stop();
  return (performance.now() - start) / 1000;
}
