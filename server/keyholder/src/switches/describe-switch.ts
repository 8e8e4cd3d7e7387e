import type { keyholderSwitch } from "@afterkeep/contracts";
import { askAgainMs, type DerivedSwitch, deriveSwitch, type FrozenBy, frozenSwitch, isStill } from "@afterkeep/switch";
import type { z } from "zod";
import type { Bequest } from "../store/bequests.ts";
import { getRelease } from "../store/decisions.ts";
import { listWithdrawn } from "../store/slots.ts";
import type { Store } from "../store/store.ts";
import { heldAfter } from "./held-after.ts";
import { pendingLoosening } from "./pending-loosening.ts";
import { pendingRequests } from "./pending-requests.ts";
import type { Moment } from "../time/attended-time.ts";

export type KeyholderSwitch = z.infer<typeof keyholderSwitch>;

/** When a switch is shown, and why nothing runs then. */
export type ShownAt = Moment & { readonly frozenBy: FrozenBy | null };

/** One bequest as the other zones may see it: derived anew, never a stored state. `running` is that derivation, where it is at hand. */
export function describeSwitch(
  store: Store,
  bequest: Bequest,
  { attendedMs, wallMs, frozenBy }: ShownAt,
  running: DerivedSwitch = deriveSwitch(bequest.policy, bequest.history, attendedMs),
): KeyholderSwitch {
  const { account, b, policy, history, revision } = bequest;
  const derived = frozenBy === null ? running : frozenSwitch(running, frozenBy);
  const requests = pendingRequests(bequest, attendedMs).map((one) => ({ ...one, stage: "open" as const }));
  const { nextWakeAttended } = derived;
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
    earliestWallMs: isStill(derived.state) ? 0 : wallMs + Math.min(derived.left, derived.leftByRequest ?? derived.left),
    wakeWallMs: nextWakeAttended === null ? 0 : wallMs + nextWakeAttended - attendedMs,
    remindersDue: derived.actions.flatMap((action) =>
      action.do === "remind" ? [{ phase: action.phase, index: action.index }] : [],
    ),
    lastCall: describeLastCall(bequest, running),
    release: history.decision === null ? "" : getRelease(store, history.decision.id),
    slots: describeSlots(store, bequest),
    waitsFor: derived.waitsFor,
    requests: [...requests, ...describeRefused(bequest, attendedMs)],
    cooling: pendingLoosening(bequest, attendedMs),
    heldAfter: heldAfter(history, running, attendedMs),
  };
}

/** As long as they may not ask again. */
function describeRefused({ history }: Bequest, attendedMs: number): KeyholderSwitch["requests"] {
  return history.requests
    .filter(({ refusedAttended }) => refusedAttended !== null && attendedMs < refusedAttended + askAgainMs)
    .map(({ id: request, r }) => ({ request, r, stage: "refused", left: 0 }));
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
