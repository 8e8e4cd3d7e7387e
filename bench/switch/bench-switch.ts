import type { Result } from "../report.ts";
import { type BenchPostgres, startBenchPostgres } from "./a-database.ts";

type Measured = { readonly notes: string[]; readonly results: Result[] };
type Part = (rounds: number) => Promise<Measured>;

const parts = new Map<string, Part>([
  ["scan", (rounds) => onPostgres(async (postgres) => (await import("./bench-scan.ts")).benchScan(postgres, rounds))],
  [
    "claim",
    (rounds) => onPostgres(async (postgres) => (await import("./bench-claim.ts")).benchClaim(postgres, rounds)),
  ],
  ["checkin", async (rounds) => noted(await (await import("./bench-checkin.ts")).benchCheckIn(rounds))],
  ["herd", () => onPostgres(async (postgres) => (await import("./bench-herd.ts")).benchHerd(postgres))],
  ["simulate", async (rounds) => noted([await (await import("./simulate-rate.ts")).measureSimulationRate(rounds)])],
  ["chain", async () => noted(await (await import("./bench-herd.ts")).benchHerdChain())],
]);

/** What `--only` may name. */
export const switchParts: readonly string[] = [...parts.keys()];

/** Everything that is promised about the scale of the switch, or one part of it. */
export async function benchSwitch(rounds: number, only: string): Promise<Measured> {
  const measured: Measured[] = [];
  for (const [name, part] of parts) if (only === "" || name === only) measured.push(await part(rounds));
  return { notes: measured.flatMap(({ notes }) => notes), results: measured.flatMap(({ results }) => results) };
}

async function onPostgres(work: (postgres: BenchPostgres) => Promise<Result[]>): Promise<Measured> {
  const postgres = await startBenchPostgres();
  try {
    return noted(await work(postgres));
  } finally {
    await postgres.stop();
  }
}

function noted(results: Result[]): Measured {
  return { notes: [], results };
}
