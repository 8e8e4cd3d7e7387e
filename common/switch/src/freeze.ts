import { type DerivedSwitch, isStill } from "./states.ts";

/**
 * The same switch while the keyholder's clock is in doubt: nothing is due and nothing becomes due until the clock is right again. What is left
 * stays a lower bound, because no time is counted meanwhile.
 */
export function frozenSwitch(derived: DerivedSwitch): DerivedSwitch {
  if (isStill(derived.state)) return derived;
  return { ...derived, state: "frozen", actions: [], nextWakeAttended: null, waitsFor: "clock" };
}
