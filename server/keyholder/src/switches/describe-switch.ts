import type { keyholderSwitch } from "@afterkeep/contracts";
import { deriveSwitch } from "@afterkeep/switch";
import type { z } from "zod";
import type { Bequest } from "../store/bequests.ts";
import { getRelease } from "../store/decisions.ts";
import { listSlots } from "../store/slots.ts";
import type { Store } from "../store/store.ts";
import type { Moment } from "../time/attended-time.ts";

export type KeyholderSwitch = z.infer<typeof keyholderSwitch>;

/** One bequest as the other zones may see it: derived anew, never a stored state. */
export function describeSwitch(store: Store, bequest: Bequest, { attendedMs, wallMs }: Moment): KeyholderSwitch {
  const { account, b, policy, history, revision } = bequest;
  const derived = deriveSwitch(policy, history, attendedMs);
  return {
    account,
    b,
    g: policy.g,
    state: derived.state,
    policyHash: policy.id,
    revision,
    lastSign: history.lastSign?.id ?? policy.id,
    used: derived.used,
    left: derived.left,
    earliestWallMs: derived.state === "disarmed" ? 0 : wallMs + derived.left,
    remindersDue: derived.actions.flatMap((action) =>
      action.do === "remind" ? [{ phase: action.phase, index: action.index }] : [],
    ),
    lastCall: describeLastCall(bequest, attendedMs),
    release: history.decision === null ? "" : getRelease(store, history.decision.id),
    slots: describeSlots(store, bequest),
    waitsFor: derived.waitsFor,
  };
}

function describeLastCall({ policy, history }: Bequest, attendedMs: number): KeyholderSwitch["lastCall"] {
  const { actions, state } = deriveSwitch(policy, history, attendedMs);
  if (actions.some((action) => action.do === "sendLastCall")) return "due";
  return state === "lastCall" || history.decision !== null ? "accepted" : "none";
}

function describeSlots(store: Store, { account, b, policy, history }: Bequest): KeyholderSwitch["slots"] {
  const signed = new Map(listSlots(store, account, b, policy.g).map((slot) => [slot.r, slot.withdrawn]));
  return history.slots.map(({ r, stage }) => ({
    r,
    stage,
    withdrawn: stage === "withdrawn" ? (signed.get(r) ?? "") : "",
  }));
}
