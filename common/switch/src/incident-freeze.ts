import { dayMs, hourMs } from "./policy.ts";
import { SwitchError } from "./switch-error.ts";

/** Bounds of one freeze by the operators (attended). */
export const longestFreezeMs = 30 * dayMs;
export const shortestFreezeMs = hourMs;
/** One freeze and two renewals. A freeze that begins before the cool-down after the last one is over is a renewal too. */
export const freezesInARow = 3;
/**
 * So much time must have been counted after a freeze before a new row may begin. Why as long as the longest row: freezes then take at most half of all time, so
 * they double a wait and never end it; and it is far more than the few days that are asked for anew after a thaw (docs/decisions/0015).
 */
export const freezeCoolDownMs = 90 * dayMs;

/** The freeze of the whole keyholder by its operators: the one that runs, or the last one. Attended ms. */
export type IncidentFreeze = {
  /** Names it: the challenge that its order answered. Empty where there never was one. */
  readonly id: string;
  /** Its place in the row, from 1 on. */
  readonly turn: number;
  /** Until it ends by itself; 0 once it is over. */
  readonly leftMs: number;
  /** For how long nothing has run, renewals together. */
  readonly lengthMs: number;
  /** When the last one ended. No time is counted in a freeze, so this is also when it began. */
  readonly endedAttended: number;
};

export const neverFrozen: IncidentFreeze = { id: "", turn: 0, leftMs: 0, lengthMs: 0, endedAttended: 0 };

export function isFrozen({ leftMs }: IncidentFreeze): boolean {
  return leftMs > 0;
}

/** How many more freezes may follow now, and attended ms until one may; 0 for at once. */
export function freezesLeft(freeze: IncidentFreeze, attendedNow: number): { left: number; inMs: number } {
  const { id, turn, leftMs, endedAttended } = freeze;
  const isRow = id !== "" && (isFrozen(freeze) || attendedNow < endedAttended + freezeCoolDownMs);
  if (!isRow) return { left: freezesInARow, inMs: 0 };
  if (turn < freezesInARow) return { left: freezesInARow - turn, inMs: 0 };
  const coolsFrom = isFrozen(freeze) ? leftMs : endedAttended - attendedNow;
  return { left: 0, inMs: coolsFrom + freezeCoolDownMs };
}

/**
 * Two operators freeze everything from now on, or renew the freeze that runs: its end is counted anew. Throws SwitchError `freeze-used-up` after two
 * renewals in a row. @param order.forMs attended ms, cut at the bounds
 */
export function applyFreeze(
  freeze: IncidentFreeze,
  order: { readonly id: string; readonly forMs: number },
  attendedNow: number,
): IncidentFreeze {
  const { left } = freezesLeft(freeze, attendedNow);
  if (left === 0) throw new SwitchError("freeze-used-up", "two renewals in a row are all there are");
  const leftMs = Math.min(Math.max(order.forMs, shortestFreezeMs), longestFreezeMs);
  const lengthMs = isFrozen(freeze) ? freeze.lengthMs : 0;
  return { id: order.id, turn: freezesInARow - left + 1, leftMs, lengthMs, endedAttended: attendedNow };
}

/** So much attended time passed in the freeze. It ends where nothing is left of it. */
export function applyFreezePassed(freeze: IncidentFreeze, ms: number, attendedNow: number): IncidentFreeze {
  const passed = Math.min(ms, freeze.leftMs);
  return {
    ...freeze,
    leftMs: freeze.leftMs - passed,
    lengthMs: freeze.lengthMs + passed,
    endedAttended: attendedNow,
  };
}

/** Two operators end it early. Throws SwitchError `not-due` where nothing is frozen. */
export function applyFreezeEnded(freeze: IncidentFreeze, attendedNow: number): IncidentFreeze {
  if (!isFrozen(freeze)) throw new SwitchError("not-due", "nothing is frozen");
  return { ...freeze, leftMs: 0, endedAttended: attendedNow };
}
