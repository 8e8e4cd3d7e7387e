import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { hashProgram } from "./program.ts";
import { type Report, sumReports } from "./report.ts";
import { simulated } from "./simulated.ts";
import { planOf, type WorldSize } from "./world-plan.ts";

type Request = {
  readonly seed: string;
  readonly vaultYears: number;
  readonly signatures: string;
  readonly worlds: WorldSize;
  readonly areTwins: boolean;
  /** Processes at a time. */
  readonly workers: number;
  /** Vault-years of one process. */
  readonly chunkYears: number;
  /** Also after a world that broke an invariant. */
  readonly goesOn: boolean;
  /** A file to which the report of each chunk is added; what is in it already is not lived again. Null for none. */
  readonly kept: string | null;
};

/** What a process is started with; also what its report is kept under. */
type Chunk = readonly string[];

/**
 * The worlds of one seed, lived by many processes one after the other: the same worlds as one process would live. A run of days can be stopped
 * and goes on from what this very program has kept.
 */
export async function liveInChunks({ workers, kept, ...request }: Request): Promise<Report> {
  const chunks = chunksOf(request);
  const program = hashProgram();
  const reports = kept === null ? new Map<string, Report>() : readKept(kept, program, request.goesOn);
  const waiting = chunks.filter((chunk) => !reports.has(keyOf(chunk)));
  const work = async () => {
    while (request.goesOn || ![...reports.values()].some(isBroken)) {
      const chunk = waiting.shift();
      if (chunk === undefined) return;
      const report = await simulated(...chunk, ...(request.goesOn ? ["--goes-on"] : []));
      reports.set(keyOf(chunk), report);
      if (kept !== null) appendFileSync(kept, `${JSON.stringify({ program, chunk: keyOf(chunk), report })}\n`);
      tellProgress(request.seed, [...reports.values()], request.vaultYears);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return sumReports(
    request.seed,
    chunks.flatMap((chunk) => reports.get(keyOf(chunk)) ?? []),
  );
}

function chunksOf(request: Omit<Request, "workers" | "kept">): Chunk[] {
  const { seed, vaultYears, signatures, worlds, areTwins, chunkYears } = request;
  const how = ["--signatures", signatures === "mixed" ? "injected" : signatures];
  const share = Math.max(1, Math.round(vaultYears / 100));
  return [
    ...(areTwins ? [["--signatures", "injected", "--seed", seed, "--vault-years", "0", "--twins"]] : []),
    ...divide(seed, worlds, vaultYears, chunkYears, how),
    ...(signatures === "mixed"
      ? divide(`${seed}/real`, "small", share, Math.ceil(chunkYears / 100), ["--signatures", "real"])
      : []),
  ];
}

/** Why it can be known before anything is lived: how many vault-years a world has follows from its seed. */
function divide(seed: string, size: WorldSize, vaultYears: number, chunkYears: number, how: Chunk): Chunk[] {
  const chunks: Chunk[] = [];
  for (let world = 0, lived = 0; lived < vaultYears;) {
    const wanted = Math.min(chunkYears, vaultYears - lived);
    chunks.push([...how, "--worlds", size, "--seed", seed, "--from", String(world), "--vault-years", String(wanted)]);
    for (let own = 0; own < wanted; world++) {
      const { vaults, years } = planOf(`${seed}/${world}`, size);
      own += vaults * years;
      lived += vaults * years;
    }
  }
  return chunks;
}

/** Why not the broken ones of a run that goes on: they may have ended early. */
function readKept(path: string, program: string, goesOn: boolean): Map<string, Report> {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const finished = lines.map((line): { program: string; chunk: string; report: Report } => JSON.parse(line));
  const own = finished.filter((one) => one.program === program);
  const good = own.filter(({ report }) => !goesOn || !isBroken(report));
  return new Map(good.map(({ chunk, report }) => [chunk, report]));
}

function tellProgress(seed: string, reports: readonly Report[], vaultYears: number): void {
  const { vaultYears: lived, faults, vaultYearsPerCpuSecond: rate } = sumReports(seed, reports);
  const met = Object.values(faults).reduce((sum, times) => sum + times, 0);
  console.error(`${lived} of ${vaultYears} vault-years, ${met} faults, ${rate} vault-years a second of processor time`);
}

function keyOf(chunk: Chunk): string {
  return chunk.join(" ");
}

function isBroken({ violations }: Report): boolean {
  return violations.length > 0;
}
