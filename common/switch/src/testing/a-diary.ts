import { applyRequestsCalled } from "../ask.ts";
import { applyCoolingActivation } from "../bind.ts";
import { deriveSwitch } from "../derive.ts";
import { applyDecision, applyGrant, applyLastCallAccepted } from "../facts.ts";
import type { SwitchHistory } from "../history.ts";
import { applyHoldLifted } from "../hold.ts";
import { dayMs, type SwitchPolicy } from "../policy.ts";
import type { SwitchAction } from "../states.ts";
import { applyTriedInVain } from "../unreachable.ts";
import { withDueReminder } from "./with-due-reminder.ts";

type Known = { readonly policy: SwitchPolicy; readonly history: SwitchHistory };
type Course = {
  readonly from: number;
  readonly until: number;
  /** Whether mail servers take what is sent at that moment; else it is tried again at the next wake. */
  readonly isMailTaken?: (now: number) => boolean;
};

/**
 * What a switch whose owner says nothing does by itself: where it stands, what it waits for and what it does, each with all the days on which it wakes
 * to it. A day is named again where what was done on it leads on at once.
 */
export function aDiary(start: Known, { from, until, isMailTaken = () => true }: Course): Record<string, string> {
  const diary: Record<string, string> = {};
  let [known, now, last]: [Known, number, string] = [start, from, ""];
  for (let steps = 0; now <= until && steps < 200; steps++) {
    const { state, actions, waitsFor, nextWakeAttended } = deriveSwitch(known.policy, known.history, now);
    const stands = waitsFor === "" ? state : `${state} (${waitsFor})`;
    const does = actions.length === 0 ? stands : `${stands}: ${actions.map(nameOf).join(", ")}`;
    // Why not what is left of it: that nothing more is to be done on a day, and the switch stands as before, goes without saying.
    if (last !== `${now} ${does}`) diary[does] = [...(diary[does]?.split(" ") ?? []), dayOf(now)].join(" ");
    last = `${now} ${stands}`;
    const [at, isTaken] = [now, isMailTaken(now)];
    const next = actions.reduce((before, action) => done(before, action, at, isTaken), known);
    if (next === known) now = Math.min(nextWakeAttended ?? Number.POSITIVE_INFINITY, nextTryAfter(actions, now));
    known = next;
  }
  return diary;
}

/** Why beside the wakes: the keyholder tries a call again by its own clock. */
function nextTryAfter(actions: readonly SwitchAction[], now: number): number {
  const isCalling = actions.some((action) => action.do === "sendLastCall" || action.do === "callAboutRequest");
  return isCalling ? now + dayMs : Number.POSITIVE_INFINITY;
}

function dayOf(now: number): string {
  const restMs = now % 1000;
  return `${(now - restMs) / dayMs}${restMs === 0 ? "" : `+${restMs}ms`}`;
}

function nameOf(action: SwitchAction): string {
  if (action.do === "remind") return `remind ${action.phase} ${action.index}`;
  if (action.do === "decide") return `decide by ${action.trigger}`;
  return action.do === "grant" ? `grant ${action.r}` : action.do;
}

function done(known: Known, action: SwitchAction, now: number, isTaken: boolean): Known {
  const { policy, history } = known;
  const after = (next: SwitchHistory): Known => (next === history ? known : { policy, history: next });
  switch (action.do) {
    case "remind":
      return isTaken ? after(withDueReminder(policy, history, now)) : known;
    case "reachOwner":
      return after(isTaken ? withDueReminder(policy, history, now) : applyTriedInVain(history, now));
    case "sendLastCall":
      return after(isTaken ? applyLastCallAccepted(policy, history, now).history : applyTriedInVain(history, now));
    case "callAboutRequest": {
      const ids = history.requests.map(({ id }) => id);
      return after(isTaken ? applyRequestsCalled(policy, history, ids, now).history : applyTriedInVain(history, now));
    }
    case "decide":
      return after(applyDecision(policy, history, "decision", now));
    case "grant":
      return after(applyGrant(policy, history, action.r, now));
    case "activateCooling":
      return applyCoolingActivation(policy, history, now);
    case "liftHold":
      return after(applyHoldLifted(history, now));
  }
}
