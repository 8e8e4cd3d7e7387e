import { type DerivedSwitch, isFetched, type SwitchHistory } from "@afterkeep/switch";

/**
 * The restore that a switch is held after, with the attended ms until the hold ends by itself; none or one. None where nothing is armed, or another reason holds
 * it, or every recipient has fetched: its owner is most likely dead, and there is nothing left to stop.
 */
export function heldAfter(
  { held, slots }: Pick<SwitchHistory, "held" | "slots">,
  { state }: Pick<DerivedSwitch, "state">,
  attendedMs: number,
): { restore: string; left: number }[] {
  if (state !== "held" || held?.restore === undefined || slots.every(isFetched)) return [];
  return [{ restore: held.restore, left: Math.max(0, held.untilAttended - attendedMs) }];
}
