import { applyRequest, applyRequestsCalled } from "../ask.ts";
import { applyConfirmed, applyStop } from "../guardians.ts";
import { SwitchError } from "../switch-error.ts";
import { stateOf, type WatchedSwitch } from "./watched-state.ts";
import { freshSilence, heardOf, hold, nobodyAsked } from "./a-witness.ts";

/** Whoever the policy lets ask may, while something runs and they have not asked yet. */
export function asked(watched: WatchedSwitch, r: string): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  // Why nothing: the keyholder hears nobody while its clock is in doubt.
  if (watched.isFrozen) return watched;
  const running = ["armed", "reminding", "grace", "requested", "lastCall"].includes(stateOf(watched));
  const mayAsk = running && policy.requests.some((one) => one.r === r) && !witness.fetched.includes(r);
  try {
    const after = applyRequest(policy, history, { id: `ask@${now}`, r }, now);
    hold("only who may ask is heard", mayAsk && !witness.asked.some((one) => one.r === r));
    return {
      ...watched,
      history: after,
      witness: {
        ...witness,
        asked: [...witness.asked, { r, at: now, calledAt: null, putOff: 0, thawedAt: null, againAt: null }],
      },
    };
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error;
    const isRefusedLately = history.requests.some((one) => one.r === r && one.refusedAttended !== null);
    hold("who may ask is heard", !mayAsk || isRefusedLately || witness.asked.some((one) => one.r === r));
    return watched;
  }
}

export function calledAboutRequest(watched: WatchedSwitch): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  const ids = history.requests.map(({ id }) => id);
  const call = applyRequestsCalled(policy, history, ids, now);
  if (!call.noted) return watched;
  const called = witness.asked.map((one) => ({
    ...one,
    calledAt: one.calledAt ?? now,
    againAt: one.thawedAt === null ? null : (one.againAt ?? now),
  }));
  return { ...watched, history: call.history, witness: heardOf({ ...witness, asked: called }, policy, now) };
}

export function guarded(watched: WatchedSwitch, is: "confirm" | "stop", by: string): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  if (witness.decidedAt === null || policy.guardians === null || stateOf(watched) === "closed") return watched;
  if (is === "confirm") {
    const confirmed = [...new Set([...witness.confirmed, by])];
    return { ...watched, history: applyConfirmed(policy, history, by), witness: { ...witness, confirmed } };
  }
  if (witness.stops.some((one) => one.by === by)) return watched;
  const stopped = applyStop(policy, history, by, now);
  const stops = [...witness.stops, { by, at: now }];
  const isOver = stops.length >= policy.guardians.s;
  const after = isOver ? { ...freshSilence(witness, now), ...nobodyAsked } : { ...witness, stops };
  return { ...watched, history: stopped.history, witness: after };
}
