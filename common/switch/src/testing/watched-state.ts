import { deriveSwitch } from "../derive.ts";
import { frozenSwitch } from "../freeze.ts";
import type { SwitchHistory } from "../history.ts";
import type { SwitchPolicy } from "../policy.ts";
import type { DerivedSwitch, SwitchState } from "../states.ts";
import type { Witness } from "./a-witness.ts";

export type WatchedSwitch = {
  readonly now: number;
  readonly isFrozen: boolean;
  readonly policy: SwitchPolicy;
  readonly history: SwitchHistory;
  readonly witness: Witness;
};

export function stateOf(watched: WatchedSwitch): SwitchState {
  return derivedOf(watched).state;
}

export function derivedOf({ policy, history, now, isFrozen }: WatchedSwitch): DerivedSwitch {
  const derived = deriveSwitch(policy, history, now);
  return isFrozen ? frozenSwitch(derived) : derived;
}
