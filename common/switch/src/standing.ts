import type { SwitchAction, SwitchState, WaitsFor } from "./states.ts";

/** Where a switch stands, and when time alone may change that. Attended ms. */
export type Standing = {
  readonly state: SwitchState;
  readonly actions: readonly SwitchAction[];
  readonly waitsFor: WaitsFor;
  readonly wakes: readonly (number | null)[];
};
