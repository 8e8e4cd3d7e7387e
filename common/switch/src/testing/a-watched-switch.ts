import { applyCoolingActivation, applyPolicy } from "../bind.ts";
import { deriveSwitch } from "../derive.ts";
import { applyDecision, applyFetched, applyGrant, applyLastCallAccepted } from "../facts.ts";
import type { SwitchHistory } from "../history.ts";
import { applyHoldLifted, applyRestore } from "../hold.ts";
import { dayMs, hourMs, type SwitchPolicy } from "../policy.ts";
import { applyReminderAccepted } from "../reminders.ts";
import { applyDisarm, applySign } from "../sign.ts";
import type { SwitchState } from "../states.ts";

/** What a witness beside the keyholder writes down, without using the rules under test. */
type Witness = {
  /** When the last sign that counts was given, when the last signed one was, and when an interruption began silence anew. */
  readonly signAt: number;
  readonly signedAt: number;
  readonly silenceAt: number;
  readonly firstArmedAt: number;
  readonly reminders: readonly { phase: string; at: number }[];
  readonly callAt: number | null;
  readonly isDisarmed: boolean;
  readonly isHeld: boolean;
  /** A loosening that was submitted and has not bound. */
  readonly coolingSince: number | null;
  /** The latest "not before" that was ever said since the last sign. */
  readonly promised: number;
  readonly decidedAt: number | null;
  readonly granted: readonly string[];
  readonly fetched: readonly string[];
};

export type WatchedSwitch = {
  readonly now: number;
  readonly policy: SwitchPolicy;
  readonly history: SwitchHistory;
  readonly witness: Witness;
};

export type WatchedEvent =
  | { readonly is: "sign" | "token" | "disarm" | "restore" | "reminder" | "call" }
  | { readonly is: "policy"; readonly policy: SwitchPolicy; readonly isLoosening: boolean }
  | { readonly is: "fetch"; readonly r: string }
  | { readonly is: "wait"; readonly ms: number };

export function aWatchedSwitch(policy: SwitchPolicy, history: SwitchHistory, now: number): WatchedSwitch {
  const silence = { signAt: now, signedAt: now, silenceAt: now, firstArmedAt: now, reminders: [], callAt: null };
  const flags = { isDisarmed: false, isHeld: false, coolingSince: null, promised: now, decidedAt: null };
  return { now, policy, history, witness: { ...silence, ...flags, granted: [], fetched: [] } };
}

export function stateOf({ policy, history, now }: WatchedSwitch): SwitchState {
  return deriveSwitch(policy, history, now).state;
}

/** Lets one thing happen, then the keyholder do all that is due. Throws with the invariant's name if one does not hold. */
export function letHappen(watched: WatchedSwitch, event: WatchedEvent): WatchedSwitch {
  return settle(remember(happen(watched, event)));
}

function happen(watched: WatchedSwitch, event: WatchedEvent): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  switch (event.is) {
    case "wait":
      return { ...watched, now: now + event.ms };
    case "sign":
      return {
        ...watched,
        ...signed(watched, applySign(policy, history, { id: `sign@${now}`, class: "signed" }, now)),
      };
    case "token":
      return token(watched);
    case "disarm": {
      const disarmed = applyDisarm(policy, history, { id: `disarm@${now}` }, now);
      const after = signed(watched, disarmed);
      return { ...watched, ...after, witness: { ...after.witness, isDisarmed: true, coolingSince: null } };
    }
    case "restore": {
      const gone = { ...freshSilence(witness, now), isHeld: true, coolingSince: null };
      return { ...watched, history: applyRestore(policy, history, now), witness: gone };
    }
    case "policy":
      return newPolicy(watched, event.policy, event.isLoosening);
    case "reminder":
      return reminder(watched);
    case "call": {
      const call = applyLastCallAccepted(policy, history, now);
      return { ...watched, history: call.history, witness: call.noted ? { ...witness, callAt: now } : witness };
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
  const heard = { ...freshSilence(witness, now), signAt: now, signedAt: now, isHeld: false };
  return { history: applied.history, witness: heard };
}

function freshSilence(witness: Witness, now: number): Witness {
  return {
    ...witness,
    silenceAt: now,
    reminders: [],
    callAt: null,
    promised: now,
    decidedAt: null,
    granted: witness.fetched,
  };
}

function token(watched: WatchedSwitch): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  const applied = applySign(policy, history, { id: `token@${now}`, class: "token" }, now);
  if (!applied.accepted) return watched;
  // Why only here: the policy that was bound then decides; a later one with a lower weakMax takes nothing back.
  hold("S7: a token carries at most weakMax beyond the last signed sign", now - witness.signedAt <= policy.weakMax);
  hold("a token never undoes a decision", witness.decidedAt === null);
  return { ...watched, history: applied.history, witness: { ...freshSilence(witness, now), signAt: now } };
}

function newPolicy(watched: WatchedSwitch, next: SwitchPolicy, isLoosening: boolean): WatchedSwitch {
  const bound = applyPolicy(watched.policy, watched.history, { ...next, id: `${next.id}@${watched.now}` }, watched.now);
  hold("S5: a loosening cools", (bound.binds === "cooling") === isLoosening);
  const after = signed(watched, bound);
  const coolingSince = isLoosening ? watched.now : null;
  const isDisarmed = isLoosening && after.witness.isDisarmed;
  const granted = bound.policy.g === watched.policy.g ? after.witness.granted : [];
  const witness = { ...after.witness, coolingSince, isDisarmed, granted, fetched: granted };
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
    witness: { ...witness, reminders: [...witness.reminders, { phase, at: now }] },
  };
}

function fetched(watched: WatchedSwitch, r: string): WatchedSwitch {
  const { witness, history } = watched;
  const slot = history.slots.find((one) => one.r === r);
  if (slot?.stage !== "granted" || witness.isDisarmed || witness.isHeld) return watched;
  hold("E3: only what was granted is fetched", witness.granted.includes(r));
  return { ...watched, history: applyFetched(history, r), witness: { ...witness, fetched: [...witness.fetched, r] } };
}

function remember(watched: WatchedSwitch): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  const { left, state } = deriveSwitch(policy, history, now);
  const isPromise = state !== "draft" && state !== "disarmed";
  return {
    ...watched,
    witness: { ...witness, promised: isPromise ? Math.max(witness.promised, now + left) : witness.promised },
  };
}

function settle(start: WatchedSwitch): WatchedSwitch {
  let watched = start;
  for (let round = 0; round < 16; round++) {
    const { policy, history, now } = watched;
    const action = deriveSwitch(policy, history, now).actions.find(
      ({ do: what }) => what !== "remind" && what !== "sendLastCall",
    );
    if (action === undefined) return watched;
    watched = remember(perform(watched, action));
  }
  throw new Error("the keyholder never comes to rest");
}

function perform(watched: WatchedSwitch, action: { do: string; r?: string }): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  if (action.do === "decide") return decided(watched);
  if (action.do === "grant") return granted(watched, action.r ?? "");
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
  return {
    ...watched,
    ...active,
    witness: { ...witness, coolingSince: null, isDisarmed: false, granted: kept, fetched: kept },
  };
}

function decided(watched: WatchedSwitch): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  const { interval, grace, lastCall } = policy.times;
  const wait = Math.max(lastCall, 12 * hourMs);
  const calledAt = witness.callAt ?? Number.POSITIVE_INFINITY;
  hold(
    "S1: interval, grace and last call have passed",
    now - Math.max(witness.signAt, witness.silenceAt) >= interval + grace + wait,
  );
  hold("S1: and seven days since the first arming", now - witness.firstArmedAt >= 7 * dayMs);
  hold("S2: no promise of 'not before' is broken", now >= witness.promised);
  hold("S3: nothing is decided while disarmed or held", !witness.isDisarmed && !witness.isHeld);
  hold("S5: nothing is decided while a loosening cools", witness.coolingSince === null);
  hold("S9: the last call was accepted, and its wait has passed", now - calledAt >= wait);
  hold(
    "no step without an accepted reminder",
    ["reminding", "grace"].every((phase) => witness.reminders.some((one) => one.phase === phase)),
  );
  hold(
    "the call came after the reminders",
    witness.reminders.every(({ at }) => at <= calledAt),
  );
  hold("E1: one decision at a time", witness.decidedAt === null);
  return {
    ...watched,
    history: applyDecision(policy, history, `decision@${now}`, now),
    witness: { ...witness, decidedAt: now },
  };
}

function granted(watched: WatchedSwitch, r: string): WatchedSwitch {
  const { policy, history, now, witness } = watched;
  const delay = policy.recipients.find((one) => one.r === r)?.delay ?? Number.POSITIVE_INFINITY;
  hold("E5: a grant follows a decision", witness.decidedAt !== null && now - witness.decidedAt >= delay);
  hold("S3: nothing is granted while disarmed or held", !witness.isDisarmed && !witness.isHeld);
  hold("E1: one grant per decision and recipient", !witness.granted.includes(r));
  return {
    ...watched,
    history: applyGrant(policy, history, r, now),
    witness: { ...witness, granted: [...witness.granted, r] },
  };
}

function hold(invariant: string, holds: boolean): void {
  if (!holds) throw new Error(`broken: ${invariant}`);
}
