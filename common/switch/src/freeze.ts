import { type DerivedSwitch, isStill } from "./states.ts";

/** Why everything stands still: the keyholder's clock is in doubt, or two operators froze it until that attended moment at the latest. */
export type FrozenBy =
  { readonly waitsFor: "clock" } | { readonly waitsFor: "operators"; readonly untilAttended: number };

/**
 * The same switch while the keyholder is frozen: nothing is due and nothing becomes due until that is over. What is left stays a lower bound,
 * because no time is counted meanwhile.
 */
export function frozenSwitch(derived: DerivedSwitch, by: FrozenBy): DerivedSwitch {
  if (isStill(derived.state)) return derived;
  const nextWakeAttended = by.waitsFor === "operators" ? by.untilAttended : null;
  return { ...derived, state: "frozen", actions: [], nextWakeAttended, waitsFor: by.waitsFor };
}
