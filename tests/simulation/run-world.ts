import { ApiMisfortune } from "./api-zone/api-misfortune.ts";
import { ClockMisfortune } from "./clock-zone/clock-misfortune.ts";
import { Random } from "./chance/random.ts";
import { Damage } from "./faults/damage.ts";
import { Misfortune } from "./faults/faults.ts";
import { beginOrdeal } from "./faults/ordeals.ts";
import { Violation } from "./ledger/violation.ts";
import { populate, review } from "./world/birth.ts";
import { yearMs } from "./world/time.ts";
import { World } from "./world/world.ts";
import type { WorldPlan } from "./world-plan.ts";

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
  const damage = plan.hasDamage ? new Damage(world, population.watcher, new Random(`${plan.seed}/damage`)) : null;
  const misfortune = new Misfortune(world, population, damage);
  if (Number.isFinite(plan.calm)) {
    misfortune.begin(plan.calm);
    if (population.zone !== null) new ClockMisfortune(world, population.zone).begin(plan.calm);
    if (population.api !== null) new ApiMisfortune(world, population.api).begin(plan.calm);
  }
  beginOrdeal(world, misfortune, plan.ordeal, plan.years);
  await world.run(plan.years * yearMs);
  if (!world.process.isUp) return;
  population.watcher.forgetCursor();
  await population.work();
  review(world);
}

function asViolation(error: unknown): { invariant: string; detail: string } {
  if (error instanceof Violation) return { invariant: error.invariant, detail: error.message };
  // Why not thrown: whatever else goes wrong belongs to a seed too, and must be replayable.
  return { invariant: "no surprise", detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
