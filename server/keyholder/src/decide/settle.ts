import { newId } from "@afterkeep/bytes";
import { InvariantError } from "@afterkeep/platform";
import {
  applyCoolingActivation,
  applyDecision,
  applyGrant,
  applyHoldLifted,
  type DerivedSwitch,
  deriveSwitch,
  type ReleaseTrigger,
  type SwitchHistory,
} from "@afterkeep/switch";
import { frozenBy } from "../freeze/frozen-by.ts";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, type BequestPlace, findBequest } from "../store/bequests.ts";
import { addDecision } from "../store/decisions.ts";
import { readEpoch } from "../store/epoch.ts";
import { getNewestManifest } from "../store/manifests.ts";
import { forgetWithdrawn } from "../store/slots.ts";
import { isOwn, type OwnAction, saveDerived } from "../switches/save-bequest.ts";
import type { Moment } from "../time/attended-time.ts";

type Settling = Moment & {
  /** Throws for an owner whose sign could not be written now. */
  readonly requireHearable: (account: string) => void;
};

/**
 * Does everything that is due for one bequest and needs nobody else: what cooled binds, a hold ends, a release is decided and
 * signed, a share is granted after its delay. Derives again after each step, so running twice changes nothing. Call inside a commit.
 */
export function settle(parts: KeyholderParts, { account, b }: BequestPlace, settling: Settling): void {
  const { requireHearable, ...moment } = settling;
  let bequest = findBequest(parts.store, account, b);
  // Why here too, and from the store: whatever wakes a bequest, nothing is decided or given while everything is frozen.
  if (bequest === null || frozenBy(parts) !== null) return;
  const { attendedMs } = moment;
  let derived = derive(bequest, attendedMs);
  for (let action = derived.actions.find(isOwn); action !== undefined; action = derived.actions.find(isOwn)) {
    if (action.do === "decide" || action.do === "grant") requireHearable(account);
    bequest = { ...bequest, ...act(parts, bequest, action, moment) };
    derived = derive(bequest, attendedMs);
  }
  saveDerived(parts.store, bequest, { attendedMs, derived, frozenBy: null });
}

function derive({ policy, history }: Bequest, attendedMs: number): DerivedSwitch {
  return deriveSwitch(policy, history, attendedMs);
}

function act(
  parts: KeyholderParts,
  bequest: Bequest,
  action: OwnAction,
  moment: Moment,
): Partial<Pick<Bequest, "policy" | "history">> {
  const { policy, history } = bequest;
  switch (action.do) {
    case "activateCooling":
      return applyCoolingActivation(policy, history, moment.attendedMs);
    case "liftHold":
      return { history: applyHoldLifted(history, moment.attendedMs) };
    case "decide":
      return { history: decide(parts, bequest, action.trigger, moment) };
    case "grant":
      return { history: applyGrant(policy, history, action.r, moment.attendedMs) };
  }
}

/** The decision and its signed `release`: both or neither. */
function decide(
  parts: KeyholderParts,
  { account, b, policy, history }: Bequest,
  trigger: ReleaseTrigger,
  moment: Moment,
): SwitchHistory {
  if (history.lastSign === null) throw new InvariantError("sign-lost", "Something went wrong on our side.");
  const decisionId = newId(moment.wallMs);
  const decided = applyDecision(policy, history, decisionId, moment.attendedMs);
  const release = speak(parts.keys, "release", {
    account,
    b,
    g: policy.g,
    decisionId,
    policyHash: policy.id,
    manifestHash: getNewestManifest(parts.store, account, b, policy.g).hash,
    trigger,
    lastSign: history.lastSign.id,
    decidedAt: moment.wallMs,
    recipients: policy.recipients.map(({ r, delay }) => ({ r, delay })),
    epoch: readEpoch(parts.store),
    mode: parts.settings.mode,
  });
  addDecision(parts.store, { id: decisionId, account, b, g: policy.g, atMs: moment.attendedMs, release });
  forgetWithdrawn(parts.store, account, b);
  return decided;
}
