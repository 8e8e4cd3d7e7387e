import { isReleasable, type SwitchHistory } from "./history.ts";
import { type Ladder, ladderOf } from "./ladder.ts";
import { dayMs, firstArmingMs, lastCallWait, type SwitchPolicy } from "./policy.ts";
import { dueReminder } from "./reminders.ts";
import type { DerivedSwitch, SwitchAction, SwitchState, WaitsFor } from "./states.ts";

type Standing = { state: SwitchState; actions: SwitchAction[]; waitsFor: WaitsFor; wakes: (number | null)[] };

/**
 * The whole switch: from the bound policy, what happened, and the attended time, to what is and what is due. Pure and total;
 * everything that shows, waits or decides calls this.
 *
 * @param policy the bound policy, null if none ever was
 * @param attendedNow the keyholder's attended time, ms
 */
export function deriveSwitch(policy: SwitchPolicy | null, history: SwitchHistory, attendedNow: number): DerivedSwitch {
  if (policy === null) return nothingRuns("draft", [], null);
  const cooled = coolingActions(history, attendedNow);
  const bindsAt = history.cooling?.bindsAtAttended ?? null;
  if (history.disarmed !== null) return nothingRuns("disarmed", cooled, nextAfter(attendedNow, [bindsAt]));
  const standing = stand(policy, history, attendedNow);
  return {
    state: standing.state,
    actions: [...cooled, ...standing.actions],
    nextWakeAttended: nextAfter(attendedNow, [...standing.wakes, bindsAt]),
    used: Math.max(0, attendedNow - (history.lastSign?.attended ?? attendedNow)),
    left: leftUntilDecision(policy, history, attendedNow),
    waitsFor: standing.waitsFor,
  };
}

function stand(policy: SwitchPolicy, history: SwitchHistory, now: number): Standing {
  if (history.held !== null) return standHeld(history.held.untilAttended, now);
  if (history.decision !== null) return standDecided(policy, history, history.decision.decidedAtAttended, now);
  if (!history.slots.some(isReleasable)) return { state: "released", actions: [], waitsFor: "", wakes: [] };
  return standWaiting(policy, history, ladderOf(policy, history), now);
}

function standHeld(until: number, now: number): Standing {
  return { state: "held", actions: now >= until ? [{ do: "liftHold" }] : [], waitsFor: "hold", wakes: [until] };
}

function standDecided(policy: SwitchPolicy, history: SwitchHistory, decidedAt: number, now: number): Standing {
  const waiting = history.slots.filter(isReleasable);
  const grants = waiting.map(({ r }) => ({ r, at: decidedAt + delayOf(policy, r) }));
  const due = grants.filter(({ at }) => at <= now);
  return {
    state: waiting.length === 0 ? "released" : "releasing",
    actions: due.map(({ r }) => ({ do: "grant", r })),
    waitsFor: "",
    wakes: grants.map(({ at }) => at),
  };
}

/** Why infinite for a stranger: a slot that the bound policy does not name is never granted. */
function delayOf(policy: SwitchPolicy, r: string): number {
  return policy.recipients.find((recipient) => recipient.r === r)?.delay ?? Number.POSITIVE_INFINITY;
}

function standWaiting(policy: SwitchPolicy, history: SwitchHistory, ladder: Ladder, now: number): Standing {
  const reminder = dueReminder(policy, history, ladder, now);
  const remind: SwitchAction[] = reminder === null ? [] : [{ do: "remind", ...reminder }];
  const wakes = wakesOf(policy, history, ladder, now);
  if (ladder.lastCallBegan !== null && now >= ladder.lastCallBegan) return standLastCall(history, ladder, now, wakes);
  if (ladder.graceBegan !== null && now >= ladder.graceBegan) {
    const isLate = now >= ladder.graceBegan + policy.times.grace;
    return { state: "grace", actions: remind, waitsFor: isLate ? "reminder" : "", wakes };
  }
  const state = now < ladder.firstReminder ? "armed" : "reminding";
  return { state, actions: remind, waitsFor: now >= ladder.intervalEnd ? "reminder" : "", wakes };
}

function standLastCall(history: SwitchHistory, ladder: Ladder, now: number, wakes: (number | null)[]): Standing {
  const at = (waitsFor: WaitsFor, ...actions: SwitchAction[]): Standing => ({
    state: "lastCall",
    actions,
    waitsFor,
    wakes,
  });
  if (ladder.due === null) return at("last-call", { do: "sendLastCall" });
  if (now < ladder.due) return at("");
  if (now < firstArmingEnd(history)) return at("first-arming");
  // Why even when it is about to bind: a release that falls due while a loosening cools goes by the new policy.
  if (history.cooling !== null) return at("cooling");
  return at("", { do: "decide" });
}

function firstArmingEnd(history: SwitchHistory): number {
  return (history.armedAtAttended ?? 0) + firstArmingMs;
}

function wakesOf(policy: SwitchPolicy, history: SwitchHistory, ladder: Ladder, now: number): (number | null)[] {
  const reminders = policy.times.reminders.map((offset) => ladder.signed + offset);
  const { graceBegan, graceEnd, lastCallBegan, due } = ladder;
  const nextDay = graceBegan === null ? null : graceBegan + (Math.floor((now - graceBegan) / dayMs) + 1) * dayMs;
  const isOver = lastCallBegan !== null && now >= lastCallBegan;
  const waiting = isOver
    ? [due, firstArmingEnd(history)]
    : [...reminders, graceBegan, nextDay, graceEnd, lastCallBegan];
  return [ladder.intervalEnd, ...waiting];
}

/**
 * Attended ms until the earliest moment at which a decision could fall if no further sign arrives and all that is needed happens
 * at once. While a loosening cools, the coming policy counts: nothing is decided before it binds.
 */
function leftUntilDecision(policy: SwitchPolicy, history: SwitchHistory, now: number): number {
  if (history.held === null && (history.decision !== null || !history.slots.some(isReleasable))) return 0;
  const coming = history.cooling?.policy ?? policy;
  const ladderEnd = history.held === null ? ladderOf(coming, history, now).due : afterHold(coming, history.held, now);
  return Math.max(ladderEnd ?? now, firstArmingEnd(history), history.cooling?.bindsAtAttended ?? 0, now) - now;
}

function afterHold(policy: SwitchPolicy, held: { untilAttended: number }, now: number): number {
  const { interval, grace } = policy.times;
  return Math.max(held.untilAttended, now) + interval + grace + lastCallWait(policy.times);
}

function coolingActions(history: SwitchHistory, now: number): SwitchAction[] {
  return history.cooling !== null && now >= history.cooling.bindsAtAttended ? [{ do: "activateCooling" }] : [];
}

function nothingRuns(state: SwitchState, actions: SwitchAction[], nextWakeAttended: number | null): DerivedSwitch {
  return { state, actions, nextWakeAttended, used: 0, left: 0, waitsFor: "" };
}

function nextAfter(now: number, times: readonly (number | null)[]): number | null {
  const coming = times.filter((time): time is number => time !== null && time > now && Number.isFinite(time));
  return coming.length === 0 ? null : Math.min(...coming);
}
