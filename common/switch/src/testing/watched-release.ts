import { applyFetched, applyGrant } from "../facts.ts";
import { isFrozen } from "../incident-freeze.ts";
import { dayMs, hourMs } from "../policy.ts";
import { hold, type Witness } from "./a-witness.ts";
import type { WatchedSwitch } from "./watched-state.ts";

/** So long a weak sign keeps back what a decision has not given: told here once more. */
const suspensionMs = 72 * hourMs;

function isSuspended({ suspendedAt }: Witness, now: number): boolean {
  return suspendedAt !== null && now - suspendedAt < suspensionMs;
}

export function granted(watched: WatchedSwitch, r: string): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  const delay = policy.recipients.find((one) => one.r === r)?.delay ?? Number.POSITIVE_INFINITY;
  hold("E5: a grant follows a decision", witness.decidedAt !== null && now - witness.decidedAt >= delay);
  hold("S2: nothing is given before a receipt said that it can be", now >= witness.promised);
  hold("S3: nothing is granted while disarmed or held", !witness.isDisarmed && !witness.isHeld);
  hold("S3: nothing is granted while frozen", !watched.isFrozen && !isFrozen(watched.incident));
  hold("S7: nothing is granted for three days after a weak sign", !isSuspended(witness, now));
  const { guardians } = policy;
  hold("as many guardians as needed confirmed", guardians === null || witness.confirmed.length >= guardians.k);
  hold(
    "nobody's stop runs",
    witness.stops.every(({ at }) => now - at >= 30 * dayMs),
  );
  hold("E1: one grant per decision and recipient", !witness.granted.includes(r));
  return {
    ...watched,
    history: applyGrant(policy, history, r, now),
    witness: { ...witness, granted: [...witness.granted, r] },
  };
}

export function fetched(watched: WatchedSwitch, r: string): WatchedSwitch {
  const { witness, history, now } = watched;
  const slot = history.slots.find((one) => one.r === r);
  if (slot?.stage !== "granted" || witness.isDisarmed || witness.isHeld || watched.isFrozen) return watched;
  if (isSuspended(witness, now)) {
    hold(
      "S7: nothing is given for three days after a weak sign",
      refuses(() => applyFetched(history, r, now)),
    );
    return watched;
  }
  hold("E3: only what was granted is fetched", witness.granted.includes(r));
  return {
    ...watched,
    history: applyFetched(history, r, now),
    witness: { ...witness, fetched: [...witness.fetched, r] },
  };
}

function refuses(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

/** Once decided, every share is granted after its delay, and the three days that a weak sign adds, by itself. */
export function holdsOn(watched: WatchedSwitch): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  const isKept = witness.isHeld || witness.isDisarmed || watched.isFrozen || isFrozen(watched.incident);
  if (witness.decidedAt === null || isKept || policy.guardians !== null || isSuspended(witness, now)) return watched;
  const due = policy.recipients.filter(({ delay }) => now - (witness.decidedAt ?? now) >= delay);
  hold(
    "L1: what was decided is granted after its delay and three days at most",
    due.every(({ r }) => history.slots.find((one) => one.r === r)?.stage !== "waiting"),
  );
  return watched;
}
