import { type ClockParts, lookAtDue } from "@afterkeep/clock";
import type { PreparedDatabase } from "@afterkeep/platform";
import type { Task } from "graphile-worker";
import pg from "pg";
import { rateResult, type Result } from "../report.ts";
import { aClock, pinned } from "./a-clock.ts";
import { askSql, type BenchPostgres, runSql } from "./a-database.ts";
import { armSwitches, dueAtMs, idText } from "./armed-switches.ts";
import { timeGraphile } from "./graphile-anchor.ts";
import { aLeaf, advanceInOne } from "./one-statement.ts";

const armed = 200_000;
const due = 20_000;

/** Claim and advance: the clock zone's own timer against graphile-worker, one process each. */
export async function benchClaim(postgres: BenchPostgres, rounds: number): Promise<Result[]> {
  const database = await postgres.make("claim");
  await armSwitches(database.admin, armed, due);
  const clock = aClock(database.roles.ak_clock);
  const idle = aClock(database.roles.ak_clock, { awaitsReminder: false });
  const jobs = new pg.Pool({ ...database.admin, ssl: false, max: 24 });
  // Why heard: where a step fails the database is stopped, and that would be told instead of what failed.
  jobs.on("error", () => {});
  const steps = new Map<string, () => Promise<number>>([
    ["ours", () => timeOurs(clock)],
    ["same", () => timeGraphile(database, due, (payload) => advanceOne(jobs, payload))],
    ["idle", () => timeOurs(idle)],
    ["bare", () => timeGraphile(database, due, async () => {})],
  ]);
  const rates = new Map<string, number[]>([...steps.keys()].map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [i] of [...steps].entries()) {
      const [name, step] = [...steps][(i + round) % steps.size] ?? [];
      if (name === undefined || step === undefined) continue;
      await makeDueAgain(database, name === "idle");
      const seconds = await step();
      await requireWritten(database, name === "ours" || name === "same" ? due : 0);
      if (round > 0) rates.get(name)?.push(due / seconds);
    }
  }
  await Promise.all([clock.db.destroy(), idle.db.destroy(), jobs.end()]);
  return resultsOf((name) => rates.get(name) ?? []);
}

function resultsOf(of: (name: string) => number[]): Result[] {
  const batched = "graphile-worker, batched,";
  return [
    rateResult(
      {
        id: "switch.claim",
        what: "claimed and advanced a second: state, next look, leaf, mail, reminder; one process, the keyholder's answer at once",
        bar: 2,
      },
      of("ours"),
      { what: `${batched} whose job writes the same rows in one statement`, samples: of("same") },
    ),
    rateResult(
      { id: "switch.claim.idle", what: "claimed a second, looked at, and nothing to do but the next look" },
      of("idle"),
      { what: `${batched} whose job does nothing`, samples: of("bare") },
    ),
  ];
}

async function timeOurs(clock: ClockParts): Promise<number> {
  const start = performance.now();
  const looked = await lookAtDue(clock, { pinned, epoch: 1, nowMs: clock.clock.nowMs() });
  if (looked !== due) throw new Error(`${looked} were due`);
  return (performance.now() - start) / 1000;
}

async function advanceOne(pool: pg.Pool, payload: Parameters<Task>[0]): Promise<void> {
  const n = (payload as { n: number }).n * (armed / due);
  const [tenant, b] = [idText("7000", n), idText("7001", n)];
  await pool.query({ name: "advance", text: advanceInOne, values: [tenant, b, aLeaf(tenant, b)] });
}

/** `idle`: already where the keyholder will say that they are, and mailed. */
async function makeDueAgain({ admin }: PreparedDatabase, idle: boolean): Promise<void> {
  await runSql(
    admin,
    // Why: leaves are never removed, not even by the administrator who does not say so.
    "set session_replication_role = replica",
    "truncate audit_leaf",
    ...(idle ? [] : ["truncate reminder, outbox"]),
    `update switch_state set look_at = ${dueAtMs}, state = '${idle ? "reminding" : "armed"}', revision = 1
     where ('x' || right(tenant::text, 12))::bit(48)::bigint % ${armed / due} = 0`,
    "vacuum analyze switch_state",
    "vacuum analyze reminder",
    "vacuum analyze outbox",
    "checkpoint",
  );
}

async function requireWritten({ admin }: PreparedDatabase, leaves: number): Promise<void> {
  const written = await askSql<{ leaves: number }>(admin, "select count(*) as leaves from audit_leaf");
  if (written.leaves !== leaves) throw new Error(`${written.leaves} leaves were written, not ${leaves}`);
}
