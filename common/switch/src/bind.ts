import { emptyHistory, type SwitchHistory, type SwitchSlot } from "./history.ts";
import { loosens } from "./loosening.ts";
import { coolingMs, type SwitchPolicy } from "./policy.ts";
import { applySign } from "./sign.ts";
import { SwitchError } from "./switch-error.ts";

export type BoundPolicy = {
  /** The policy that is bound now: `next`, or still the old one while `next` cools. */
  readonly policy: SwitchPolicy;
  readonly history: SwitchHistory;
  readonly binds: "now" | "cooling";
  /** Why it cools. */
  readonly reasons: readonly string[];
  readonly withdrawnRecipients: readonly string[];
};

/**
 * A verified new policy. It is a signed sign first. What tightens binds at once and re-arms; what loosens cools, measured against
 * the last BOUND policy, disarmed or not: else disarming and arming anew would be a way around the cooling.
 *
 * @param bound the last bound policy, null at the first arming
 */
export function applyPolicy(
  bound: SwitchPolicy | null,
  history: SwitchHistory,
  next: SwitchPolicy,
  attendedNow: number,
): BoundPolicy {
  const said = applySign(bound, history, { id: next.id, class: "signed" }, attendedNow);
  const { withdrawnRecipients } = said;
  // Why: a policy is a statement of the owner's key, and each of these ends a pause.
  const signed = { ...said, history: { ...said.history, paused: null } };
  const judged = loosens(bound, next);
  if (bound !== null && judged.loosens) {
    const cooling = { policy: next, bindsAtAttended: attendedNow + coolingMs };
    const cooled = { ...signed.history, cooling };
    return { policy: bound, history: cooled, binds: "cooling", reasons: judged.reasons, withdrawnRecipients };
  }
  const armed = bindPolicy(bound, signed.history, next, attendedNow);
  return { policy: next, history: armed, binds: "now", reasons: [], withdrawnRecipients };
}

/**
 * A bequest's first policy: it binds at once, and for some time nothing is decided.
 *
 * @param isWithKit the recovery kit's key signed it too, which makes that time shorter. Invariant: said of no other policy, so the kit hastens no
 *   loosening and no other arming.
 */
export function applyFirstPolicy(policy: SwitchPolicy, isWithKit: boolean, attendedNow: number): SwitchHistory {
  const { history } = applyPolicy(null, emptyHistory, policy, attendedNow);
  return isWithKit ? { ...history, armedWithKit: true } : history;
}

/** The cooling policy binds. Throws SwitchError `not-due` before its time. */
export function applyCoolingActivation(
  bound: SwitchPolicy,
  history: SwitchHistory,
  attendedNow: number,
): { policy: SwitchPolicy; history: SwitchHistory } {
  const { cooling } = history;
  if (cooling === null || attendedNow < cooling.bindsAtAttended) throw new SwitchError("not-due", "nothing has cooled");
  return { policy: cooling.policy, history: bindPolicy(bound, history, cooling.policy, attendedNow) };
}

function bindPolicy(
  bound: SwitchPolicy | null,
  history: SwitchHistory,
  next: SwitchPolicy,
  attendedNow: number,
): SwitchHistory {
  const isSameGeneration = bound?.g === next.g;
  const requests = history.requests.filter(({ r }) => next.requests.some((one) => one.r === r));
  // Why: what was tried in vain may have been tried for the request that goes, and nobody would try on.
  const unheard = requests.length === history.requests.length ? history.unheard : null;
  return {
    ...history,
    armedAtAttended: history.armedAtAttended ?? attendedNow,
    // Invariant: a decision belongs to the policy it was made under. A recipient who joins later must wait for the next one.
    decision: null,
    confirmed: [],
    stops: [],
    requests,
    unheard,
    slots: slotsOf(next, isSameGeneration ? history.slots : []),
    cooling: null,
    disarmed: null,
  };
}

function slotsOf(policy: SwitchPolicy, known: readonly SwitchSlot[]): SwitchSlot[] {
  return policy.recipients.map(({ r }) => known.find((slot) => slot.r === r) ?? { r, stage: "waiting" });
}
