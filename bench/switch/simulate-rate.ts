import { simulated } from "../../tests/simulation/simulated.ts";

const vaultYears = "1500";

type Rate = {
  readonly id: "simulate.rate";
  readonly what: string;
  readonly value: number;
  readonly unit: "/s";
  readonly min: number;
  readonly max: number;
  readonly against: null;
  readonly ratio: null;
  readonly bar: number;
  readonly atMost: false;
  readonly holds: boolean;
};

/** How many vault-years of the usual mix of worlds one second of processor time lives: a process and a seed of its own each round. */
export async function measureSimulationRate(rounds: number): Promise<Rate> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const seed = `rate/${round}`;
    const report = await simulated("--signatures", "injected", "--seed", seed, "--vault-years", vaultYears);
    if (report.violations.length > 0) throw new Error(`seed ${seed} breaks ${report.violations[0]?.invariant}`);
    rates.push(report.vaultYearsPerCpuSecond);
  }
  const sorted = rates.toSorted((a, b) => a - b);
  const [value, min, max] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const bar = 200;
  return {
    id: "simulate.rate",
    what: "simulated vault-years per second of processor time, signatures injected",
    value,
    unit: "/s",
    min,
    max,
    against: null,
    ratio: null,
    bar,
    atMost: false,
    holds: value >= bar,
  };
}
