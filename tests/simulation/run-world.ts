import { Random } from "./chance/random.ts";
import { Misfortune } from "./faults/faults.ts";
import { beginOrdeal } from "./faults/ordeals.ts";
import { type Ordeal, ordeals } from "./ledger/ordeal.ts";
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
  readonly ordeal: Ordeal;
  /** Nobody is heard after the first day. */
  readonly isSilent: boolean;
};

export type WorldReport = {
  readonly plan: WorldPlan;
  readonly trace: string;
  readonly events: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly judged: Readonly<Record<string, number>>;
  /** By bequest, when it was decided last: time that may have been credited. */
  readonly decisions: ReadonlyMap<string, number>;
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
  const usual = { seed, isTicked: false, isSilent: false } as const;
  if (isSmall) return { ...usual, vaults: 3, years: 1, calm: 1, ordeal: "none" };
  const random = new Random(`${seed}/plan`);
  const calm = random.pick([1, 1, 1, 1, 1, 3, 10, Number.POSITIVE_INFINITY]);
  const ordeal = random.chance(0.6) ? "none" : random.pick(ordeals);
  return { ...usual, ordeal, vaults: random.between(20, 40), years: random.between(6, 16), calm };
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
      decisions: world.ledger.decisions,
      ticks: world.passing.ticks,
      store: world.process.eyes.dump(),
      violation: violation === null ? null : { ...violation, recent: world.trace.recent },
    };
  } finally {
    world.process.dispose();
  }
}

async function live(world: World, plan: WorldPlan): Promise<void> {
  world.ledger.ordeal = plan.ordeal;
  const population = await populate(world, plan);
  population.clock.pressesLinks = !plan.isSilent;
  const misfortune = new Misfortune(world, population);
  if (Number.isFinite(plan.calm)) misfortune.begin(plan.calm);
  beginOrdeal(world, misfortune, plan.ordeal, plan.years);
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
