import { claimSwitches } from "@afterkeep/clock";
import type { PreparedDatabase } from "@afterkeep/platform";
import { boundResult, type Result } from "../report.ts";
import { aClock } from "./a-clock.ts";
import type { BenchPostgres } from "./a-database.ts";
import { armSwitches, dueAtMs } from "./armed-switches.ts";

const [few, many] = [100_000, 10_000_000];
const due = 200;
const scansPerRound = 50;

/** What the same due scan costs among many armed switches and among few. */
export async function benchScan(postgres: BenchPostgres, rounds: number): Promise<Result[]> {
  const of = new Map<number, () => Promise<number>>();
  for (const armed of [few, many]) {
    const database = await postgres.make(`scan_${armed}`);
    const start = performance.now();
    await armSwitches(database.admin, armed, due);
    console.error(`${armed} armed in ${((performance.now() - start) / 1000).toFixed(0)} s`);
    of.set(armed, scanner(database));
  }
  const samples = new Map<number, number[]>([...of.keys()].map((armed) => [armed, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [armed, scan] of round % 2 === 0 ? of : [...of].reverse()) {
      const seconds = await scan();
      if (round > 0) samples.get(armed)?.push(seconds);
    }
  }
  const what = `claiming ${due} due switches, with ${many / 1e6} M armed`;
  const anchor = { what: `with ${few / 1000} k armed`, samples: samples.get(few) ?? [] };
  return [boundResult({ id: "switch.scan", what, bar: 1.3 }, samples.get(many) ?? [], anchor)];
}

/** Seconds a claim, over a round of them; each is given back. */
function scanner({ roles }: PreparedDatabase): () => Promise<number> {
  const { db } = aClock(roles.ak_clock);
  return async () => {
    const start = performance.now();
    for (let scan = 0; scan < scansPerRound; scan++) {
      const trx = await db.startTransaction().execute();
      const claimed = await claimSwitches(trx, dueAtMs, 2 * due);
      await trx.rollback().execute();
      if (claimed.length !== due) throw new Error(`${claimed.length} were due`);
    }
    return (performance.now() - start) / 1000 / scansPerRound;
  };
}
