import { Random } from "./chance/random.ts";
import { Misfortune } from "./faults/faults.ts";
import { Violation } from "./ledger/violation.ts";
import { populate, review } from "./world/birth.ts";
import { yearMs } from "./world/time.ts";
import { World } from "./world/world.ts";

export type WorldPlan = {
  readonly seed: string;
  readonly vaults: number;
  readonly years: number;
  /** How many times rarer than at the worst misfortune is; infinite for none. */
  readonly calm: number;
  readonly isTicked: boolean;
};

export type WorldReport = {
  readonly plan: WorldPlan;
  readonly trace: string;
  readonly events: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly judged: Readonly<Record<string, number>>;
  readonly ticks: number;
  readonly store: string;
  readonly violation: {
    readonly invariant: string;
    readonly detail: string;
    readonly recent: readonly string[];
  } | null;
};

/** The world that a seed stands for; a small one has few people, in a bad year. */
export function planOf(seed: string, isSmall: boolean): WorldPlan {
  if (isSmall) return { seed, vaults: 3, years: 1, calm: 1, isTicked: false };
  const random = new Random(`${seed}/plan`);
  const calm = random.pick([1, 1, 1, 3, 10, Number.POSITIVE_INFINITY]);
  return { seed, vaults: random.between(6, 12), years: random.between(10, 30), calm, isTicked: false };
}

/** Lives one world to its end, or to the first invariant that does not hold. */
export async function runWorld(plan: WorldPlan): Promise<WorldReport> {
  const world = new World(plan);
  try {
    const violation = await live(world, plan).then(() => null, asViolation);
    return {
      plan,
      trace: world.trace.digest(),
      events: world.trace.length,
      faults: world.faults,
      judged: world.ledger.judged,
      ticks: world.passing.ticks,
      store: world.process.eyes.dump(),
      violation: violation === null ? null : { ...violation, recent: world.trace.recent },
    };
  } finally {
    world.process.dispose();
  }
}

async function live(world: World, plan: WorldPlan): Promise<void> {
  const population = await populate(world, plan.vaults);
  if (Number.isFinite(plan.calm)) new Misfortune(world, population).begin(plan.calm);
  await world.run(plan.years * yearMs);
  if (!world.process.isUp) return;
  await population.clock.readAfresh();
  review(world);
}

function asViolation(error: unknown): { invariant: string; detail: string } {
  if (error instanceof Violation) return { invariant: error.invariant, detail: error.message };
  // Why not thrown: whatever else goes wrong belongs to a seed too, and must be replayable.
  return { invariant: "no surprise", detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
