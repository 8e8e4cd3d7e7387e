import { isFetched, isReleasable, type SwitchHistory } from "./history.ts";
import { isCallAccepted, type Ladder, ladderOf, silenceBegan } from "./ladder.ts";
import { isConfirmed } from "./guardians.ts";
import { firstArmingEnd, leftByRequest, leftBySilence } from "./left.ts";
import { dayMs, type SwitchPolicy } from "./policy.ts";
import { dueReminder } from "./reminders.ts";
import { standRequested } from "./stand-requested.ts";
import type { Standing } from "./standing.ts";
import { suspendedFor } from "./suspend.ts";
import type { DerivedSwitch, SwitchAction, SwitchState, WaitsFor } from "./states.ts";
import { nextTryCounts, unreachableEnd, unreachableFrom } from "./unreachable.ts";

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
  if (history.held === null && history.slots.every(isFetched))
    return nothingRuns("closed", cooled, nextAfter(attendedNow, [bindsAt]));
  const standing = stand(policy, history, attendedNow);
  return {
    state: standing.state,
    actions: [...cooled, ...standing.actions],
    nextWakeAttended: nextAfter(attendedNow, [...standing.wakes, bindsAt]),
    used: Math.max(0, attendedNow - silenceBegan(history)),
    left: leftBySilence(policy, history, attendedNow),
    leftByRequest: leftByRequest(policy, history, attendedNow),
    waitsFor: standing.waitsFor,
  };
}

function stand(policy: SwitchPolicy, history: SwitchHistory, now: number): Standing {
  const { held, decision, paused } = history;
  if (held !== null) return standHeld(held.untilAttended, now);
  if (decision !== null) return standDecided(policy, history, decision.decidedAtAttended, now);
  if (paused !== null && now < paused.untilAttended)
    return { state: "paused", actions: [], waitsFor: "pause", wakes: [paused.untilAttended] };
  return standRequested(policy, history, standWaiting(policy, history, ladderOf(policy, history), now), now);
}

function standHeld(until: number, now: number): Standing {
  return { state: "held", actions: now >= until ? [{ do: "liftHold" }] : [], waitsFor: "hold", wakes: [until] };
}

function standDecided(policy: SwitchPolicy, history: SwitchHistory, decidedAt: number, now: number): Standing {
  const waiting = history.slots.filter(isReleasable);
  if (waiting.length > 0 && !isConfirmed(policy, history, now)) return standConfirming(history);
  const grants = waiting.map(({ r }) => ({ r, at: decidedAt + delayOf(policy, r) }));
  const suspendedMs = suspendedFor(history, now);
  const due = grants.filter(({ at }) => suspendedMs === 0 && at <= now);
  return {
    state: waiting.length === 0 && suspendedMs === 0 ? "released" : "releasing",
    actions: due.map(({ r }) => ({ do: "grant", r })),
    waitsFor: suspendedMs === 0 ? "" : "weak-sign",
    wakes: [now + suspendedMs, ...grants.map(({ at }) => at)],
  };
}

function standConfirming({ stops }: SwitchHistory): Standing {
  const wakes = stops.map(({ untilAttended }) => untilAttended);
  return { state: "confirming", actions: [], waitsFor: "guardians", wakes };
}

/** Why infinite for a stranger: a slot that the bound policy does not name is never granted. */
function delayOf(policy: SwitchPolicy, r: string): number {
  return policy.recipients.find((recipient) => recipient.r === r)?.delay ?? Number.POSITIVE_INFINITY;
}

function standWaiting(policy: SwitchPolicy, history: SwitchHistory, ladder: Ladder, now: number): Standing {
  const { firstReminder, intervalEnd, graceBegan, graceEnd, lastCallBegan } = ladder;
  if (lastCallBegan !== null && now >= lastCallBegan) return standLastCall(policy, history, ladder, now);
  if (now < firstReminder) return { state: "armed", actions: [], waitsFor: "", wakes: wakesOf(policy, ladder, now) };
  const isGrace = graceBegan !== null && now >= graceBegan;
  const reminder = dueReminder(policy, history, ladder, now);
  const phaseEnd = isGrace ? graceEnd : intervalEnd;
  const isMute = phaseEnd !== null && now >= phaseEnd && isUntold(policy, history, isGrace);
  const tries = isMute ? triesOf(policy, history, now) : [];
  return {
    state: isGrace ? "grace" : "reminding",
    actions: [...(reminder === null ? [] : [{ do: "remind" as const, ...reminder }]), ...tries],
    waitsFor: isMute ? waitsForTold(history, now) : "",
    wakes: [...wakesOf(policy, ladder, now), ...wakesOfTries(policy, history), history.gaps.at(-1)?.atAttended ?? null],
  };
}

/** Whether no channel has taken what the phase needs to end; what an unreachable owner stands in for is left out of account. */
function isUntold(policy: SwitchPolicy, history: SwitchHistory, isGrace: boolean): boolean {
  const told = ladderOf(policy, { ...history, unheard: null });
  return (isGrace ? told.lastCallBegan : told.graceBegan) === null;
}

function waitsForTold(history: SwitchHistory, now: number): WaitsFor {
  const from = unreachableFrom(history);
  return from !== null && now >= from ? "unreachable" : "reminder";
}

/** The keyholder tries itself, once a day, until the owner is reached or the extra interval is over. */
function triesOf(policy: SwitchPolicy, history: SwitchHistory, now: number): SwitchAction[] {
  const end = unreachableEnd(policy, history);
  const isOver = end !== null && now >= end;
  return isOver || now < nextTryCounts(history) ? [] : [{ do: "reachOwner" }];
}

function wakesOfTries(policy: SwitchPolicy, history: SwitchHistory): (number | null)[] {
  return [nextTryCounts(history), unreachableFrom(history), unreachableEnd(policy, history)];
}

function standLastCall(policy: SwitchPolicy, history: SwitchHistory, ladder: Ladder, now: number): Standing {
  const { due } = ladder;
  const calls: SwitchAction[] = isCallAccepted(history, ladder) ? [] : [{ do: "sendLastCall" }];
  const wakes = [due, firstArmingEnd(history), unreachableFrom(history), unreachableEnd(policy, history)];
  const at = (waitsFor: WaitsFor, ...actions: SwitchAction[]): Standing => ({
    state: "lastCall",
    actions,
    waitsFor,
    wakes,
  });
  if (due === null || now < due) return at(waitsForCall(history, ladder, now), ...calls);
  if (now < firstArmingEnd(history)) return at("first-arming");
  // Why even when it is about to bind: a release that falls due while a loosening cools goes by the new policy.
  if (history.cooling !== null) return at("cooling");
  return at("", { do: "decide", trigger: "silence" });
}

function waitsForCall(history: SwitchHistory, { lastCallAccepted }: Ladder, now: number): WaitsFor {
  if (lastCallAccepted !== null && now >= lastCallAccepted) return "";
  const from = unreachableFrom(history);
  return from !== null && now >= from ? "unreachable" : "last-call";
}

function wakesOf(policy: SwitchPolicy, ladder: Ladder, now: number): (number | null)[] {
  const reminders = policy.times.reminders.map((offset) => ladder.signed + offset);
  const { intervalEnd, graceBegan, graceEnd, lastCallBegan } = ladder;
  // Why not before grace: the days until then ask for nothing, and every switch that was reminded once would wake on each of them.
  const nextDay =
    graceBegan === null || now < graceBegan ? null : graceBegan + (Math.floor((now - graceBegan) / dayMs) + 1) * dayMs;
  return [...reminders, intervalEnd, graceBegan, nextDay, graceEnd, lastCallBegan];
}

function coolingActions(history: SwitchHistory, now: number): SwitchAction[] {
  return history.cooling !== null && now >= history.cooling.bindsAtAttended ? [{ do: "activateCooling" }] : [];
}

function nothingRuns(state: SwitchState, actions: SwitchAction[], nextWakeAttended: number | null): DerivedSwitch {
  return { state, actions, nextWakeAttended, used: 0, left: 0, leftByRequest: null, waitsFor: "" };
}

function nextAfter(now: number, times: readonly (number | null)[]): number | null {
  const coming = times.filter((time): time is number => time !== null && time > now && Number.isFinite(time));
  return coming.length === 0 ? null : Math.min(...coming);
}
