import { isFetched, type SwitchHistory, withFreshSilence } from "./history.ts";
import type { SignClass, SwitchPolicy, WeakClass } from "./policy.ts";
import { putOffRequests, refuseRequests } from "./requests.ts";
import { suspendRelease, wasSuspended } from "./suspend.ts";

export type SignRefusal =
  "class-not-accepted" | "weak-limit" | "weak-while-releasing" | "weak-while-held" | "weak-while-still";

export type AppliedSign = {
  readonly history: SwitchHistory;
  readonly accepted: boolean;
  readonly reason: "" | SignRefusal;
  /** Recipients of a decision whose share had not left: each gets a signed `withdrawn`. */
  readonly withdrawnRecipients: readonly string[];
};

/**
 * A verified sign of life of the account, seen by one bequest. A signed one begins a new silence in every state, lifts a hold and
 * withdraws what was not fetched; it refuses every open request but those in `leaves`. Every other class begins one only where the policy accepts it and
 * something runs, within `weakMax` of the last signed sign, whichever they are: one upon the other carries no further. Under a decision it begins no
 * silence and suspends what was not fetched, once.
 */
export function applySign(
  policy: SwitchPolicy | null,
  history: SwitchHistory,
  sign: { readonly id: string; readonly class: SignClass; readonly leaves?: readonly string[] },
  attendedNow: number,
): AppliedSign {
  const reason = sign.class === "signed" ? "" : refusalOfWeak(policy, history, sign.class, attendedNow);
  if (reason !== "") return { history, accepted: false, reason, withdrawnRecipients: [] };
  const { decision } = history;
  if (sign.class !== "signed" && decision !== null)
    return { history: suspendRelease(history, decision, attendedNow), accepted: true, reason, withdrawnRecipients: [] };
  const lastSign = { id: sign.id, class: sign.class, attended: attendedNow };
  const heard = { ...withFreshSilence(history), lastSign };
  if (sign.class !== "signed")
    return { history: putOffRequests(heard), accepted: true, reason, withdrawnRecipients: [] };
  const answered = refuseRequests(heard, sign.leaves ?? [], attendedNow);
  const returned = withdrawUnfetched({ ...answered, lastSignedAttended: attendedNow, held: null });
  return { ...returned, accepted: true, reason };
}

function refusalOfWeak(
  policy: SwitchPolicy | null,
  history: SwitchHistory,
  weak: WeakClass,
  now: number,
): "" | SignRefusal {
  if (policy === null || !policy.classes.includes(weak)) return "class-not-accepted";
  if (history.held !== null) return "weak-while-held";
  // Why once: whoever reads a dead person's mail may follow their link, and their job goes on by itself; neither may keep back for ever what was decided.
  if (wasSuspended(history)) return "weak-while-releasing";
  // Why: a policy that cools meanwhile may take none, and would bind with a silence that this one began.
  if (history.disarmed !== null || history.slots.every(isFetched)) return "weak-while-still";
  const lastSigned = history.lastSignedAttended;
  return lastSigned !== null && now <= lastSigned + policy.weakMax ? "" : "weak-limit";
}

/** Ends a decision: what was not fetched goes back, ready for a later decision; what was fetched stays as it is. */
export function withdrawUnfetched(history: SwitchHistory): {
  history: SwitchHistory;
  withdrawnRecipients: readonly string[];
} {
  if (history.decision === null) return { history, withdrawnRecipients: [] };
  const unfetched = history.slots.filter((slot) => !isFetched(slot));
  const slots = history.slots.map((slot) => (isFetched(slot) ? slot : { r: slot.r, stage: "withdrawn" as const }));
  const undecided = { ...history, decision: null, confirmed: [], stops: [] };
  return { history: { ...undecided, slots }, withdrawnRecipients: unfetched.map(({ r }) => r) };
}

/** The owner stops this bequest: a signed sign, after which nothing runs, and nothing that was cooling will bind. */
export function applyDisarm(
  policy: SwitchPolicy | null,
  history: SwitchHistory,
  disarm: { readonly id: string },
  attendedNow: number,
): { history: SwitchHistory; withdrawnRecipients: readonly string[] } {
  const signed = applySign(policy, history, { id: disarm.id, class: "signed" }, attendedNow);
  return {
    history: { ...signed.history, cooling: null, paused: null, disarmed: { id: disarm.id } },
    withdrawnRecipients: signed.withdrawnRecipients,
  };
}

/**
 * The owner takes a device away: a signed sign, after which nothing that was cooling will bind. Why: whoever had it unlocked in their hands could
 * sign what loosens, and its owner finds out later.
 */
export function applyDeviceRevoked(
  policy: SwitchPolicy | null,
  history: SwitchHistory,
  revocation: { readonly id: string },
  attendedNow: number,
): AppliedSign {
  const signed = applySign(policy, history, { id: revocation.id, class: "signed" }, attendedNow);
  return { ...signed, history: { ...signed.history, cooling: null } };
}
