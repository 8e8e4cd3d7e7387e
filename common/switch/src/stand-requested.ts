import type { SwitchHistory } from "./history.ts";
import { firstArmingEnd } from "./left.ts";
import type { SwitchPolicy } from "./policy.ts";
import { dueRequestReminder, firstAsked, nextRequestReminder } from "./request-reminders.ts";
import { openRequests, requestDue } from "./requests.ts";
import type { Standing } from "./standing.ts";
import type { SwitchAction, WaitsFor } from "./states.ts";
import { unreachableEnd, unreachableFrom } from "./unreachable.ts";

/**
 * Puts what recipients asked beside what silence does: whichever is due first decides, and neither delays the other. Where nobody waits for an
 * answer, what silence does is all.
 */
export function standRequested(policy: SwitchPolicy, history: SwitchHistory, silence: Standing, now: number): Standing {
  const open = openRequests(history);
  if (open.length === 0 || silence.actions.some(({ do: what }) => what === "decide")) return silence;
  const isUncalled = open.some(({ calledAttended }) => calledAttended === null);
  const dues = open.map((one) => requestDue(policy, history, one));
  const isDue = dues.some((due) => now >= due);
  const obstacle = isDue ? obstacleOf(history, now) : waitsForCall(policy, history, isUncalled, now);
  const asked = firstAsked(history);
  const reminder = dueRequestReminder(history, asked, now);
  const calls: SwitchAction[] = [
    ...(isUncalled ? [{ do: "callAboutRequest" as const }] : []),
    ...(reminder === null ? [] : [{ do: "remind" as const, ...reminder }]),
  ];
  const isLastCall = silence.state === "lastCall";
  return {
    state: isLastCall ? "lastCall" : "requested",
    actions: isDue && obstacle === "" ? [{ do: "decide", trigger: "request" }] : [...silence.actions, ...calls],
    waitsFor: isLastCall && obstacle === "" ? silence.waitsFor : obstacle,
    wakes: [...silence.wakes, ...dues, nextRequestReminder(asked, now), ...wakesOf(policy, history)],
  };
}

function obstacleOf(history: SwitchHistory, now: number): WaitsFor {
  if (now < firstArmingEnd(history)) return "first-arming";
  return history.cooling === null ? "" : "cooling";
}

function waitsForCall(policy: SwitchPolicy, history: SwitchHistory, isUncalled: boolean, now: number): WaitsFor {
  const end = unreachableEnd(policy, history);
  if (!isUncalled || (end !== null && now >= end)) return "";
  const from = unreachableFrom(history);
  return from !== null && now >= from ? "unreachable" : "last-call";
}

function wakesOf(policy: SwitchPolicy, history: SwitchHistory): (number | null)[] {
  return [firstArmingEnd(history), unreachableFrom(history), unreachableEnd(policy, history)];
}
