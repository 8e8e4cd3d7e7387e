import { type keyholderContract } from "@afterkeep/contracts";
import type { Clock, Mode, ZoneClient } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";

/** Product time in ms. In a demo only the keyholder and the clock zone know it, so this zone asks. */
export type ProductTime = { nowMs(): Promise<number> };

export function createProductTime(
  mode: Mode,
  clock: Clock,
  keyholder: Pick<ZoneClient<typeof keyholderContract>, "switches">,
): ProductTime {
  if (mode !== "demo") return { nowMs: async () => clock.nowMs() };
  return { nowMs: async () => (await keyholder.switches({ account: zeroId })).nowWallMs };
}
