import { applyCoolingActivation, applyPolicy } from "../bind.ts";
import { deriveSwitch } from "../derive.ts";
import { applyDecision, applyLastCallAccepted } from "../facts.ts";
import { applyGap } from "../gaps.ts";
import { applyFreezeEnded, isFrozen, neverFrozen } from "../incident-freeze.ts";
import type { SwitchHistory } from "../history.ts";
import { applyHoldLifted, applyRestore } from "../hold.ts";
import { dayMs, hourMs, type SwitchPolicy, type WeakClass } from "../policy.ts";
import { applyPause } from "../pause.ts";
import { applyReminderAccepted } from "../reminders.ts";
import { applyDeviceRevoked, applyDisarm, applySign } from "../sign.ts";
import type { SwitchAction } from "../states.ts";
import { applyTriedInVain } from "../unreachable.ts";
import { freshSilence, heardOf, hold, nobodyAsked, nothingSaid, unreachableAt, type Witness } from "./a-witness.ts";
import { askedAfterThaws, freezeByOperators, passFreeze, thaw } from "./watched-freeze.ts";
import { fetched, granted, holdsOn } from "./watched-release.ts";
import { asked, calledAboutRequest, guarded } from "./watched-requests.ts";
import { derivedOf, stateOf, type WatchedSwitch } from "./watched-state.ts";
import { weakSign } from "./watched-weak-sign.ts";

export type WatchedEvent =
  | { readonly is: "sign" | WeakClass | "disarm" | "restore" | "reminder" | "call" | "try" | "freeze" | "thaw" }
  | { readonly is: "letGoOn" | "callAboutRequest" | "operatorsThaw" | "revokeDevice" }
  | { readonly is: "operatorsFreeze"; readonly ms: number }
  | { readonly is: "ask"; readonly r: string }
  | { readonly is: "confirm" | "stop"; readonly by: string }
  | { readonly is: "gap" | "pause"; readonly ms: number }
  | { readonly is: "policy"; readonly policy: SwitchPolicy; readonly isLoosening: boolean }
  | { readonly is: "fetch"; readonly r: string }
  | { readonly is: "wait"; readonly ms: number };

export function aWatchedSwitch(
  policy: SwitchPolicy,
  history: SwitchHistory,
  now: number,
  firstWaitEnds: number = now + 7 * dayMs,
): WatchedSwitch {
  const silence = { signAt: now, signedAt: now, silenceAt: now, firstWaitEnds, ...nothingSaid, pausedUntil: 0 };
  const promises = { promised: now, promisedByRequest: now };
  const flags = { isDisarmed: false, isHeld: false, coolingSince: null, ...promises, ...nobodyAsked };
  const decision = { decidedAt: null, suspendedAt: null };
  const witness = { ...silence, ...flags, ...decision, granted: [], fetched: [] };
  return { now, isFrozen: false, incident: neverFrozen, policy, history, witness };
}

/** Lets one thing happen, then the keyholder do all that is due. Throws with the invariant's name if one does not hold. */
export function letHappen(watched: WatchedSwitch, event: WatchedEvent): WatchedSwitch {
  return holdsOn(settle(remember(happen(watched, event))));
}

/** What the keyholder does not do and does not hear of while the operators froze it. */
const unheardInFreeze: readonly string[] = ["reminder", "call", "callAboutRequest", "try", "ask", "gap", "fetch"];

function happen(watched: WatchedSwitch, event: WatchedEvent): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  if (isFrozen(watched.incident) && unheardInFreeze.includes(event.is)) return watched;
  switch (event.is) {
    case "wait":
      // Why nothing: while the clock is in doubt no time is counted.
      if (watched.isFrozen) return watched;
      return isFrozen(watched.incident) ? passFreeze(watched, event.ms) : { ...watched, now: now + event.ms };
    case "operatorsFreeze":
      return freezeByOperators(watched, event.ms);
    case "operatorsThaw":
      return isFrozen(watched.incident) ? thaw(watched, applyFreezeEnded(watched.incident, now)) : watched;
    case "freeze":
      return { ...watched, isFrozen: true };
    case "thaw":
      return watched.isFrozen ? gap({ ...watched, isFrozen: false }, 8 * hourMs) : watched;
    case "gap":
      return gap(watched, event.ms);
    case "try":
      return tryInVain(watched);
    case "pause": {
      const pause = { id: `pause@${now}`, forMs: event.ms };
      const after = signed(watched, applyPause(policy, history, pause, now));
      return { ...watched, ...after, witness: { ...after.witness, pausedUntil: now + event.ms } };
    }
    case "sign":
      return {
        ...watched,
        ...signed(watched, applySign(policy, history, { id: `sign@${now}`, class: "signed" }, now)),
      };
    case "revokeDevice": {
      const after = signed(watched, applyDeviceRevoked(policy, history, { id: `revoked@${now}` }, now));
      return { ...watched, ...after, witness: { ...after.witness, coolingSince: null } };
    }
    case "letGoOn": {
      const leaves = history.requests.map(({ id }) => id);
      const applied = applySign(policy, history, { id: `sign@${now}`, class: "signed", leaves }, now);
      const after = signed(watched, applied);
      return { ...watched, ...after, witness: { ...after.witness, asked: witness.asked } };
    }
    case "ask":
      return asked(watched, event.r);
    case "callAboutRequest":
      return calledAboutRequest(watched);
    case "confirm":
    case "stop":
      return guarded(watched, event.is, event.by);
    case "token":
    case "delegated":
    case "attested":
      return weakSign(watched, event.is);
    case "disarm": {
      const disarmed = applyDisarm(policy, history, { id: `disarm@${now}` }, now);
      const after = signed(watched, disarmed);
      return {
        ...watched,
        ...after,
        witness: { ...after.witness, isDisarmed: true, coolingSince: null, pausedUntil: 0 },
      };
    }
    case "restore": {
      const gone = { ...freshSilence(witness, now), ...nobodyAsked, isHeld: true, coolingSince: null };
      return { ...watched, history: applyRestore(policy, history, now), witness: gone };
    }
    case "policy":
      return newPolicy(watched, event.policy, event.isLoosening);
    case "reminder":
      return reminder(watched);
    case "call": {
      const call = applyLastCallAccepted(policy, history, now);
      return {
        ...watched,
        history: call.history,
        witness: call.noted ? heardOf(called(witness, now), policy, now) : witness,
      };
    }
    case "fetch":
      return fetched(watched, event.r);
  }
}

function signed(
  { now, witness }: WatchedSwitch,
  applied: { history: SwitchHistory; withdrawnRecipients: readonly string[] },
): { history: SwitchHistory; witness: Witness } {
  const undone = witness.granted.filter((r) => !witness.fetched.includes(r));
  hold(
    "a signed return withdraws every unfetched grant",
    undone.every((r) => applied.withdrawnRecipients.includes(r)),
  );
  const heard = { ...freshSilence(witness, now), ...nobodyAsked, signAt: now, signedAt: now, isHeld: false };
  return { history: applied.history, witness: heard };
}

function newPolicy(watched: WatchedSwitch, next: SwitchPolicy, isLoosening: boolean): WatchedSwitch {
  const bound = applyPolicy(watched.policy, watched.history, { ...next, id: `${next.id}@${watched.now}` }, watched.now);
  hold("S5: a loosening cools", (bound.binds === "cooling") === isLoosening);
  const after = signed(watched, bound);
  const coolingSince = isLoosening ? watched.now : null;
  const isDisarmed = isLoosening && after.witness.isDisarmed;
  const granted = bound.policy.g === watched.policy.g ? after.witness.granted : [];
  const witness = { ...after.witness, coolingSince, isDisarmed, pausedUntil: 0, granted, fetched: granted };
  return { ...watched, policy: bound.policy, history: after.history, witness };
}

function reminder(watched: WatchedSwitch): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  const due = deriveSwitch(policy, history, now).actions.find((action) => action.do === "remind");
  if (due?.do !== "remind") return watched;
  const { phase, index } = due;
  const accepted = applyReminderAccepted(policy, history, { phase, index, lastSign: history.lastSign?.id ?? "" }, now);
  hold("a reminder that is due is noted", accepted.noted);
  return {
    ...watched,
    history: accepted.history,
    witness: heardOf({ ...witness, reminders: [...witness.reminders, { phase, at: now }] }, policy, now),
  };
}

/** The last call after a freeze is one more: the first one's wait runs on. */
function called(witness: Witness, now: number): Witness {
  const first = witness.thaws.some(({ at }) => witness.callAt !== null && at >= witness.callAt) ? witness.callAt : now;
  return { ...witness, callAt: first, lastCalledAt: now };
}

const calls = ["reachOwner", "sendLastCall", "callAboutRequest"];

function tryInVain(watched: WatchedSwitch): WatchedSwitch {
  const { now, history, witness } = watched;
  const isDue = derivedOf(watched).actions.some(({ do: what }) => calls.includes(what));
  if (!isDue) return watched;
  return {
    ...watched,
    history: applyTriedInVain(history, now),
    witness: { ...witness, vainTries: [...witness.vainTries, now] },
  };
}

function gap(watched: WatchedSwitch, ms: number): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  const state = stateOf({ ...watched, isFrozen: false, history: { ...history, requests: [] } });
  if (ms < 6 * hourMs || (state !== "reminding" && state !== "grace")) return watched;
  const last = witness.gaps.findLast((one) => one.asks);
  // Why the thaw too: it asked for a message of its own, and nobody gets two a day.
  const isToldAnyway = witness.thaws.some(({ at }) => now - at < dayMs);
  const asks = !isToldAnyway && (last === undefined || last.phase !== state || now - last.at >= dayMs);
  const gaps = [...witness.gaps, { at: now, phase: state, extra: Math.min(ms / 2, 72 * hourMs), asks }];
  return { ...watched, history: applyGap(policy, history, ms, now), witness: { ...witness, gaps } };
}

function remember(watched: WatchedSwitch): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  const { left, leftByRequest, state } = deriveSwitch(policy, history, now);
  const byRequest = now + (leftByRequest ?? Number.POSITIVE_INFINITY);
  // Why: of a bequest that is disarmed a receipt says nothing of either, also while the policy that arms it anew still cools.
  const isPromise = state !== "draft" && state !== "disarmed";
  return {
    ...watched,
    witness: {
      ...witness,
      promised: isPromise ? Math.max(witness.promised, now + left) : witness.promised,
      promisedByRequest: isPromise ? Math.max(witness.promisedByRequest, byRequest) : witness.promisedByRequest,
    },
  };
}

function settle(start: WatchedSwitch): WatchedSwitch {
  let watched = start;
  for (let round = 0; round < 16; round++) {
    const action = derivedOf(watched).actions.find(({ do: what }) => what !== "remind" && !calls.includes(what));
    if (action === undefined) return watched;
    watched = remember(perform(watched, action));
  }
  throw new Error("the keyholder never comes to rest");
}

function perform(watched: WatchedSwitch, action: SwitchAction): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  if (action.do === "decide") return action.trigger === "silence" ? decided(watched) : decidedByRequest(watched);
  if (action.do === "grant") return granted(watched, action.r);
  if (action.do === "liftHold") {
    hold("L5: a hold is long", now - witness.silenceAt >= 90 * dayMs);
    return {
      ...watched,
      history: applyHoldLifted(history, now),
      witness: { ...freshSilence(witness, now), isHeld: false },
    };
  }
  hold(
    "S5: a loosening binds after seven days",
    witness.coolingSince !== null && now - witness.coolingSince >= 7 * dayMs,
  );
  const active = applyCoolingActivation(policy, history, now);
  const kept = active.policy.g === policy.g ? witness.fetched : [];
  const after = { ...watched, ...active };
  // Why: led back by longer times, a whole phase is still to come, and it asks for messages of its own.
  const isSame = stateOf(after) === stateOf(watched);
  const gaps = isSame ? witness.gaps : [];
  const thaws = isSame ? witness.thaws : [];
  const stillAsked = witness.asked.filter(({ r }) => active.policy.requests.some((one) => one.r === r));
  return {
    ...after,
    witness: {
      ...witness,
      asked: stillAsked,
      coolingSince: null,
      isDisarmed: false,
      gaps,
      thaws,
      granted: kept,
      fetched: kept,
    },
  };
}

function decided(watched: WatchedSwitch): WatchedSwitch {
  const { policy, now, witness } = watched;
  const { interval, grace, lastCall } = policy.times;
  const wait = Math.max(lastCall, 12 * hourMs);
  const goneAt = unreachableAt(witness, policy);
  // Why shorter after a freeze: the wait of the first last call runs on, and the one that follows has one of its own.
  const callWait = witness.thaws.length === 0 ? wait : Math.min(wait, 72 * hourMs);
  const calledAt = Math.min(witness.callAt ?? Number.POSITIVE_INFINITY, goneAt);
  hold(
    "S1: interval, grace and last call have passed",
    now - Math.max(witness.signAt, witness.silenceAt, witness.pausedUntil) >= interval + grace + wait,
  );
  hold("S1: and seven days since the first arming, one with the kit", now >= witness.firstWaitEnds);
  hold("S2: no promise of 'not before' is broken", now >= witness.promised);
  hold("S3: nothing is decided while disarmed or held", !witness.isDisarmed && !witness.isHeld);
  hold("S5: nothing is decided while a loosening cools", witness.coolingSince === null);
  hold("S9: the last call was accepted or the owner unreachable, and its wait has passed", now - calledAt >= wait);
  hold(
    "no step without an accepted reminder, unless the owner was unreachable before",
    ["reminding", "grace"].every((phase) => witness.reminders.some((one) => one.phase === phase)) ||
      goneAt <= now - wait,
  );
  hold(
    "the call came after the reminders",
    witness.lastCalledAt === null ||
      goneAt <= now - callWait ||
      witness.reminders.every(({ phase, at }) => phase === "request" || at <= (witness.lastCalledAt ?? 0)),
  );
  hold("V24: after a freeze a reminder, some hours, and the last call", askedAfterThaws(witness, policy, now));
  hold(
    "S1: after an outage a message, and some hours more before the last call",
    witness.gaps.filter(isNearItsPhase(witness, policy)).every((one) => {
      const told = Math.min(goneAt, ...witness.reminders.filter(({ at }) => at >= one.at).map(({ at }) => at));
      return now - callWait >= (one.asks ? Math.max(told, one.at) : one.at) + one.extra;
    }),
  );
  return withDecision(watched);
}

/** An outage more than fourteen days after its phase could have ended puts off nothing (docs/decisions/0010). */
function isNearItsPhase(witness: Witness, policy: SwitchPolicy): (gap: Witness["gaps"][number]) => boolean {
  const { interval, grace } = policy.times;
  const silent = Math.max(witness.signAt, witness.silenceAt, witness.pausedUntil);
  return ({ at, phase }) => {
    const told = witness.reminders.find((one) => one.phase === phase)?.at ?? unreachableAt(witness, policy);
    return at < Math.max(silent + interval + (phase === "grace" ? grace : 0), told) + 14 * dayMs;
  };
}

/** By request: only after its own wait since the owner was told, and never while anything holds. */
function decidedByRequest(watched: WatchedSwitch): WatchedSwitch {
  const { policy, now, witness } = watched;
  const goneAt = unreachableAt(witness, policy);
  const waits = witness.asked.map(({ r, at, calledAt, putOff, thawedAt, againAt }) => {
    const wait = policy.requests.find((one) => one.r === r)?.wait ?? Number.POSITIVE_INFINITY;
    const told = Math.max(at, Math.min(calledAt ?? Number.POSITIVE_INFINITY, goneAt));
    const whole = told + Math.max(wait, policy.times.lastCall, 72 * hourMs) + putOff;
    return thawedAt === null
      ? whole
      : Math.max(
          whole,
          Math.max(thawedAt, Math.min(againAt ?? Number.POSITIVE_INFINITY, goneAt)) + 72 * hourMs + putOff,
        );
  });
  hold(
    "S1, S9: a request's own wait has passed since the owner was told",
    waits.some((due) => now >= due),
  );
  hold("S1: and seven days since the first arming, one with the kit", now >= witness.firstWaitEnds);
  hold("S2: no promise about requests is broken", now >= witness.promisedByRequest);
  hold("S3: nothing is decided while paused", now >= witness.pausedUntil);
  hold("S3: nothing is decided while disarmed or held", !witness.isDisarmed && !witness.isHeld);
  hold("S5: nothing is decided while a loosening cools", witness.coolingSince === null);
  return withDecision(watched);
}

function withDecision(watched: WatchedSwitch): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  hold("S3: nothing is decided while frozen", !watched.isFrozen && !isFrozen(watched.incident));
  hold("E1: one decision at a time", witness.decidedAt === null);
  return {
    ...watched,
    history: applyDecision(policy, history, `decision@${now}`, now),
    witness: { ...witness, ...nobodyAsked, promised: now, decidedAt: now, suspendedAt: null },
  };
}
