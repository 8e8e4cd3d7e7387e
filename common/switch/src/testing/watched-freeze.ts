import { applyFreeze, applyFreezePassed, type IncidentFreeze, isFrozen } from "../incident-freeze.ts";
import { hourMs, type SwitchPolicy } from "../policy.ts";
import { SwitchError } from "../switch-error.ts";
import { applyThaw } from "../thaw.ts";
import { unreachableAt, type Witness } from "./a-witness.ts";
import { stateOf, type WatchedSwitch } from "./watched-state.ts";

/** Two operators freeze, if the row lets them. */
export function freezeByOperators(watched: WatchedSwitch, forMs: number): WatchedSwitch {
  try {
    return { ...watched, incident: applyFreeze(watched.incident, { id: "freeze", forMs }, watched.now) };
  } catch (error) {
    if (error instanceof SwitchError) return watched;
    throw error;
  }
}

/** Time that is counted for the freeze and for nothing else. */
export function passFreeze(watched: WatchedSwitch, ms: number): WatchedSwitch {
  const incident = applyFreezePassed(watched.incident, ms, watched.now);
  return isFrozen(incident) ? { ...watched, incident } : thaw(watched, incident);
}

/** The freeze is over: what was being warned of is warned of anew. */
export function thaw(watched: WatchedSwitch, incident: IncidentFreeze): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  const thawed = { ...watched, incident };
  const silent = stateOf({ ...thawed, isFrozen: false, history: { ...history, requests: [] } });
  const extra = Math.min(Math.max(incident.lengthMs / 2, 12 * hourMs), 72 * hourMs);
  const isWarned = ["reminding", "grace", "lastCall"].includes(silent);
  const asked = witness.asked.map((one) => ({ ...one, thawedAt: now, againAt: null }));
  const thaws = isWarned ? [...witness.thaws, { at: now, extra }] : witness.thaws;
  return {
    ...thawed,
    history: applyThaw(policy, history, incident.lengthMs, now),
    witness: { ...witness, asked, thaws },
  };
}

/** Whether after each freeze a message was taken, some hours passed, and a last call was taken whose wait is over. */
export function askedAfterThaws(witness: Witness, policy: SwitchPolicy, now: number): boolean {
  const wait = Math.min(Math.max(policy.times.lastCall, 12 * hourMs), 72 * hourMs);
  const goneAt = unreachableAt(witness, policy);
  return witness.thaws.every(({ at, extra }) => {
    const told = Math.min(goneAt, ...witness.reminders.filter((one) => one.at > at).map((one) => one.at));
    const called = Math.max(told + extra, Math.min(witness.lastCalledAt ?? Number.POSITIVE_INFINITY, goneAt));
    const isCalledAfter = (witness.lastCalledAt ?? 0) >= told + extra || goneAt <= now - wait;
    return isCalledAfter && now - called >= wait;
  });
}
