import type { DerivedSwitch, SwitchHistory } from "@afterkeep/switch";

/** The restore that a switch is held after, with the attended ms until the hold ends by itself; none or one. None where nothing is armed, or another reason holds it. */
export function heldAfter(
  { held }: Pick<SwitchHistory, "held">,
  { state }: Pick<DerivedSwitch, "state">,
  attendedMs: number,
): { restore: string; left: number }[] {
  if (state !== "held" || held?.restore === undefined) return [];
  return [{ restore: held.restore, left: Math.max(0, held.untilAttended - attendedMs) }];
}
