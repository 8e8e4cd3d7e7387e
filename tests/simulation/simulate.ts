import { createHash } from "node:crypto";
import { planOf, runWorld, type WorldReport } from "./run-world.ts";
import { liveTwins } from "./twins.ts";

type Request = {
  readonly seed: string;
  readonly vaultYears: number;
  /** One world to live again, alone. */
  readonly world: string | null;
  readonly isSmall: boolean;
  readonly isTicked: boolean;
  /** Of every world, instead of its own; null for that. */
  readonly years: number | null;
  /** First the same silent world with clock zones of three kinds. */
  readonly areTwins: boolean;
};

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
  readonly violations: readonly (NonNullable<WorldReport["violation"]> & { readonly world: string })[];
};

/** Lives worlds, each from a seed of its own, until they make up the vault-years that were asked for, or one breaks an invariant. */
export async function simulate({
  seed,
  vaultYears,
  world,
  isSmall,
  isTicked,
  years,
  areTwins,
}: Request): Promise<Report> {
  const began = process.cpuUsage();
  const reports: WorldReport[] = areTwins ? await liveTwins(`${seed}/twins`) : [];
  let lived = 0;
  for (let i = 0; lived < vaultYears && !reports.some(isBroken); i++) {
    const plan = planOf(world ?? `${seed}/${i}`, isSmall);
    const report = await runWorld({ ...plan, years: years ?? plan.years, isTicked });
    reports.push(report);
    lived += report.plan.vaults * report.plan.years;
    if (world !== null) break;
  }
  const { user, system } = process.cpuUsage(began);
  const cpuSeconds = (user + system) / 1e6;
  return {
    seed,
    worlds: reports.length,
    vaultYears: lived,
    cpuSeconds,
    vaultYearsPerCpuSecond: Math.round((lived / cpuSeconds) * 10) / 10,
    ticks: reports.reduce((ticks, report) => ticks + report.ticks, 0),
    faults: sum(reports.map(({ faults }) => faults)),
    judged: sum(reports.map(({ judged }) => judged)),
    trace: reports.map(({ trace }) => trace.slice(0, 16)).join(" "),
    store: digestOf(reports.map(({ store }) => store).join("\n")),
    violations: reports.flatMap(({ plan, violation }) =>
      violation === null ? [] : [{ world: plan.seed, ...violation }],
    ),
  };
}

function isBroken({ violation }: WorldReport): boolean {
  return violation !== null;
}

function sum(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const count of counts) {
    for (const [name, times] of Object.entries(count)) total[name] = (total[name] ?? 0) + times;
  }
  return total;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
