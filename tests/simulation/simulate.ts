import { digestOf, rateOf, type Report, sumCounts } from "./report.ts";
import { runWorld, type WorldReport } from "./run-world.ts";
import { liveTwins } from "./twins.ts";
import { planOf, type WorldSize } from "./world-plan.ts";

type Request = {
  readonly seed: string;
  readonly vaultYears: number;
  /** One world to live again, alone. */
  readonly world: string | null;
  readonly worlds: WorldSize;
  readonly isTicked: boolean;
  /** Of every world, instead of its own; null for that. */
  readonly years: number | null;
  /** The world to begin with. */
  readonly from: number;
  /** First the same silent world with clock zones of three kinds. */
  readonly areTwins: boolean;
  /** Also after a world that broke an invariant. */
  readonly goesOn: boolean;
};

/** Lives worlds, each from a seed of its own, until they make up the vault-years that were asked for. One that breaks an invariant is the last, unless `goesOn`. */
export async function simulate({
  seed,
  vaultYears,
  world,
  worlds,
  isTicked,
  years,
  from,
  areTwins,
  goesOn,
}: Request): Promise<Report> {
  const began = process.cpuUsage();
  const reports: WorldReport[] = areTwins ? await liveTwins(`${seed}/twins`) : [];
  let lived = 0;
  for (let i = from; lived < vaultYears && (goesOn || !reports.some(isBroken)); i++) {
    const plan = planOf(world ?? `${seed}/${i}`, worlds);
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
    vaultYearsPerCpuSecond: rateOf(lived, cpuSeconds),
    ticks: reports.reduce((ticks, report) => ticks + report.ticks, 0),
    faults: sumCounts(reports.map(({ faults }) => faults)),
    judged: sumCounts(reports.map(({ judged }) => judged)),
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
