import type { keyholderSwitch } from "@afterkeep/contracts";
import { type DerivedSwitch, deriveSwitch, frozenSwitch, isStill } from "@afterkeep/switch";
import type { z } from "zod";
import type { Bequest } from "../store/bequests.ts";
import { getRelease } from "../store/decisions.ts";
import { listWithdrawn } from "../store/slots.ts";
import type { Store } from "../store/store.ts";
import type { Moment } from "../time/attended-time.ts";

export type KeyholderSwitch = z.infer<typeof keyholderSwitch>;

/**
 * One bequest as the other zones may see it: derived anew, never a stored state.
 *
 * @param running the derivation for this very moment, where the caller has it already
 */
export function describeSwitch(
  store: Store,
  bequest: Bequest,
  { attendedMs, wallMs, isFrozen }: Moment & { readonly isFrozen: boolean },
  running: DerivedSwitch = deriveSwitch(bequest.policy, bequest.history, attendedMs),
): KeyholderSwitch {
  const { account, b, policy, history, revision } = bequest;
  const derived = isFrozen ? frozenSwitch(running) : running;
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
    earliestWallMs: isStill(derived.state) ? 0 : wallMs + derived.left,
    remindersDue: derived.actions.flatMap((action) =>
      action.do === "remind" ? [{ phase: action.phase, index: action.index }] : [],
    ),
    lastCall: describeLastCall(bequest, running),
    release: history.decision === null ? "" : getRelease(store, history.decision.id),
    slots: describeSlots(store, bequest),
    waitsFor: derived.waitsFor,
  };
}

function describeLastCall({ history }: Bequest, { actions, state }: DerivedSwitch): KeyholderSwitch["lastCall"] {
  if (actions.some((action) => action.do === "sendLastCall")) return "due";
  return state === "lastCall" || history.decision !== null ? "accepted" : "none";
}

const maxSlots = 64;

/**
 * Why a `withdrawn` of an earlier generation too, and of people whom the bound policy no longer names: the sign that took a share back
 * may be the policy that made a new generation, and whoever was told of the release must hear that it is over.
 */
function describeSlots(store: Store, { account, b, history }: Bequest): KeyholderSwitch["slots"] {
  const signed = listWithdrawn(store, account, b);
  const slots = history.slots.map(({ r, stage }) => ({
    r,
    stage,
    withdrawn: stage === "withdrawn" || stage === "waiting" ? (signed.get(r) ?? "") : "",
  }));
  const removed = [...signed].filter(([r]) => !history.slots.some((slot) => slot.r === r));
  const gone = removed.map(([r, withdrawn]) => ({ r, stage: "withdrawn" as const, withdrawn }));
  return [...slots, ...gone].slice(0, maxSlots);
}
