import { deriveSwitch } from "../derive.ts";
import { frozenSwitch } from "../freeze.ts";
import type { SwitchHistory } from "../history.ts";
import { type IncidentFreeze, isFrozen } from "../incident-freeze.ts";
import type { SwitchPolicy } from "../policy.ts";
import type { DerivedSwitch, SwitchState } from "../states.ts";
import type { Witness } from "./a-witness.ts";

export type WatchedSwitch = {
  readonly now: number;
  /** By a clock in doubt. */
  readonly isFrozen: boolean;
  /** By the operators. */
  readonly incident: IncidentFreeze;
  readonly policy: SwitchPolicy;
  readonly history: SwitchHistory;
  readonly witness: Witness;
};

export function stateOf(watched: WatchedSwitch): SwitchState {
  return derivedOf(watched).state;
}

export function derivedOf({ policy, history, now, isFrozen: isInDoubt, incident }: WatchedSwitch): DerivedSwitch {
  const derived = deriveSwitch(policy, history, now);
  if (isInDoubt) return frozenSwitch(derived, { waitsFor: "clock" });
  if (!isFrozen(incident)) return derived;
  return frozenSwitch(derived, { waitsFor: "operators", untilAttended: now + incident.leftMs });
}
