import { deriveSwitch } from "./derive.ts";
import type { SlotStage, SwitchHistory } from "./history.ts";
import type { SwitchPolicy } from "./policy.ts";
import type { SwitchAction } from "./states.ts";
import { suspendedFor } from "./suspend.ts";
import { SwitchError } from "./switch-error.ts";
import { withHeard } from "./unreachable.ts";

/** The last call was accepted by a channel: its wait begins. Not noted unless a last call is due. */
export function applyLastCallAccepted(
  policy: SwitchPolicy,
  history: SwitchHistory,
  attendedNow: number,
): { history: SwitchHistory; noted: boolean } {
  if (!isDue(policy, history, attendedNow, ({ do: what }) => what === "sendLastCall")) return { history, noted: false };
  const heard = withHeard(policy, history, attendedNow);
  return { history: { ...heard, lastCallAcceptedAttended: attendedNow }, noted: true };
}

/**
 * Writes the decision. What left under an earlier one stays fetched and is no part of this one: nothing is granted for it again.
 * Throws SwitchError `not-due` unless the derivation says `decide` at this very time.
 */
export function applyDecision(
  policy: SwitchPolicy,
  history: SwitchHistory,
  decisionId: string,
  attendedNow: number,
): SwitchHistory {
  if (!isDue(policy, history, attendedNow, ({ do: what }) => what === "decide"))
    throw new SwitchError("not-due", "nothing is to be decided");
  const slots = history.slots.map(({ r, stage }) => ({
    r,
    stage: stage === "withdrawn" ? ("waiting" as const) : stage,
  }));
  const decision = { id: decisionId, decidedAtAttended: attendedNow };
  return { ...history, decision, confirmed: [], stops: [], requests: [], slots };
}

/** Writes one recipient's grant. Throws SwitchError `not-due` before the decision and that recipient's delay. */
export function applyGrant(
  policy: SwitchPolicy,
  history: SwitchHistory,
  r: string,
  attendedNow: number,
): SwitchHistory {
  if (!isDue(policy, history, attendedNow, (action) => action.do === "grant" && action.r === r))
    throw new SwitchError("not-due", "this recipient's share is not due");
  return withStage(history, r, "granted");
}

/** The share is about to leave: written before it does. Throws SwitchError `not-due` unless it was granted and nothing holds or suspends it. */
export function applyFetched(history: SwitchHistory, r: string, attendedNow: number): SwitchHistory {
  const stage = stageOf(history, r);
  if (stage === "fetched" || stage === "opened") return history;
  const isSuspended = suspendedFor(history, attendedNow) > 0;
  const isHeldBack = history.held !== null || history.disarmed !== null || history.decision === null || isSuspended;
  if (stage !== "granted" || isHeldBack) throw new SwitchError("not-due", "this recipient's share was not granted");
  return withStage(history, r, "fetched");
}

function isDue(
  policy: SwitchPolicy,
  history: SwitchHistory,
  attendedNow: number,
  matches: (action: SwitchAction) => boolean,
): boolean {
  return deriveSwitch(policy, history, attendedNow).actions.some(matches);
}

function stageOf(history: SwitchHistory, r: string): SlotStage {
  const slot = history.slots.find((one) => one.r === r);
  if (slot === undefined) throw new SwitchError("unknown-recipient", "no such recipient in this policy");
  return slot.stage;
}

function withStage(history: SwitchHistory, r: string, stage: SlotStage): SwitchHistory {
  return { ...history, slots: history.slots.map((slot) => (slot.r === r ? { r, stage } : slot)) };
}
