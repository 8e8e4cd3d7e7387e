import { type EraReport, liveEra } from "./era.ts";
import type { FaultName } from "./faults/faults.ts";
import { cyclesOfAnEra, planEra } from "./plan.ts";

export type TortureReport = EraReport & { readonly seed: string; readonly eras: number; readonly seconds: number };

/** Lives so many cycles, ten with one product, and adds up what came of them. The same seed plans the same; when each thing happens is the machine's. */
export async function torture(options: {
  seed: string;
  cycles: number;
  /** How many products live beside each other. */
  atOnce?: number;
  /** Not all kinds of faults but these. */
  only?: readonly FaultName[];
  say?: (line: string) => void;
}): Promise<TortureReport> {
  const { seed, cycles, atOnce = 1, only, say = () => {} } = options;
  const begunAt = performance.now();
  const reports: EraReport[] = [];
  const left = Array.from({ length: Math.ceil(cycles / cyclesOfAnEra) }, (_, era) => era);
  const liveNext = async (): Promise<void> => {
    for (let era = left.shift(); era !== undefined; era = left.shift()) {
      const name = `${seed}/${era}`;
      const report = await liveEra(name, planEra(name, only).slice(0, cycles - era * cyclesOfAnEra), say);
      reports.push(report);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, liveNext));
  const seconds = Math.round((performance.now() - begunAt) / 1000);
  return { seed, eras: reports.length, seconds, ...addUp(reports) };
}

function addUp(reports: readonly EraReport[]): EraReport {
  const counts: Record<string, number> = {};
  for (const [what, count] of reports.flatMap((report) => Object.entries(report.counts)))
    counts[what] = (counts[what] ?? 0) + count;
  return {
    cycles: reports.reduce((sum, report) => sum + report.cycles, 0),
    counts,
    violations: reports.flatMap((report) => report.violations),
  };
}
