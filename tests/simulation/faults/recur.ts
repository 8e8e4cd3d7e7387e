import type { Random } from "../chance/random.ts";
import type { World } from "../world/world.ts";

/**
 * Lets a misfortune befall a world again and again, every `meanMs` or so.
 * @param random of its own where a world without it must stay what it was
 * @param quietly what the trace calls one that is no fault by itself, whose kind is ""
 */
export function recur(
  world: World,
  { random, meanMs, kind, quietly }: { random: Random; meanMs: number; kind: string; quietly: string },
  happen: () => void,
): void {
  world.later(random.wait(meanMs), kind === "" ? quietly : kind, () => {
    recur(world, { random, meanMs, kind, quietly }, happen);
    if (kind !== "") world.fault(kind);
    happen();
  });
}
