import { createHash } from "node:crypto";

/** What lived worlds came to. */
export type Report = {
  readonly seed: string;
  readonly worlds: number;
  readonly vaultYears: number;
  readonly cpuSeconds: number;
  readonly vaultYearsPerCpuSecond: number;
  readonly ticks: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly judged: Readonly<Record<string, number>>;
  readonly trace: string;
  /** A hash of all that the keyholders' stores hold in the end, but for the number of their commits. */
  readonly store: string;
  readonly violations: readonly {
    readonly world: string;
    readonly invariant: string;
    readonly detail: string;
    readonly recent: readonly string[];
  }[];
};

/** One report of many, in their order; its `trace` and `store` are hashes of theirs. */
export function sumReports(seed: string, reports: readonly Report[]): Report {
  const total = (count: (report: Report) => number) => reports.reduce((sum, report) => sum + count(report), 0);
  const [vaultYears, cpuSeconds] = [total((report) => report.vaultYears), total((report) => report.cpuSeconds)];
  return {
    seed,
    worlds: total(({ worlds }) => worlds),
    vaultYears,
    cpuSeconds,
    vaultYearsPerCpuSecond: rateOf(vaultYears, cpuSeconds),
    ticks: total(({ ticks }) => ticks),
    faults: sumCounts(reports.map(({ faults }) => faults)),
    judged: sumCounts(reports.map(({ judged }) => judged)),
    trace: digestOf(reports.map(({ trace }) => trace).join(" ")),
    store: digestOf(reports.map(({ store }) => store).join("\n")),
    violations: reports.flatMap(({ violations }) => violations),
  };
}

export function sumCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const count of counts) {
    for (const [name, times] of Object.entries(count)) total[name] = (total[name] ?? 0) + times;
  }
  return total;
}

/** With one digit after the point. */
export function rateOf(vaultYears: number, cpuSeconds: number): number {
  return Math.round((vaultYears / cpuSeconds) * 10) / 10;
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
