import type { SwitchHistory } from "../history.ts";
import { hourMs, type WeakClass } from "../policy.ts";
import { applySign } from "../sign.ts";
import { freshSilence, hold } from "./a-witness.ts";
import type { WatchedSwitch } from "./watched-state.ts";

/** A mail link, a key that may only check in, the server's word: whatever its class, the same is asked of it. */
export function weakSign(watched: WatchedSwitch, by: WeakClass): WatchedSwitch {
  const { now, policy, history, witness } = watched;
  const applied = applySign(policy, history, { id: `${by}@${now}`, class: by }, now);
  hold("a weak sign withdraws nothing", applied.withdrawnRecipients.length === 0);
  if (!applied.accepted) {
    hold("a weak sign that does not count changes nothing", applied.history === history);
    hold("a weak sign that may count under a decision does", !maySuspend(watched, by));
    return watched;
  }
  // Why only here: the policy that was bound then decides; a later one with a lower weakMax takes nothing back.
  hold("S7: a weak sign carries at most weakMax beyond the last signed one", now - witness.signedAt <= policy.weakMax);
  hold("a weak sign counts only where its policy names its class", policy.classes.includes(by));
  hold("a weak sign lifts no hold", !witness.isHeld && applied.history.held === null);
  hold("a weak sign is never the last signed one", applied.history.lastSignedAttended === history.lastSignedAttended);
  hold(
    "a weak sign refuses no request",
    applied.history.requests.every(
      ({ refusedAttended }, i) => refusedAttended === history.requests[i]?.refusedAttended,
    ),
  );
  if (witness.decidedAt !== null) return suspended(watched, applied.history);
  const putOff = witness.asked.map((one) => ({ ...one, putOff: 72 * hourMs }));
  return {
    ...watched,
    history: applied.history,
    witness: { ...freshSilence(witness, now), asked: putOff, signAt: now },
  };
}

/** Of those that may count: within `weakMax`, of a class that the policy names, where something is left to give, and the first one. */
function maySuspend({ policy, now, history, witness }: WatchedSwitch, by: WeakClass): boolean {
  const isOwed = history.slots.some(({ r }) => !witness.fetched.includes(r));
  const isFirst = witness.decidedAt !== null && witness.suspendedAt === null;
  const isInTime = now - witness.signedAt <= policy.weakMax;
  return isFirst && isOwed && isInTime && policy.classes.includes(by) && !witness.isHeld && !witness.isDisarmed;
}

/** Under a decision it does one thing, once: what was not fetched waits. */
function suspended(watched: WatchedSwitch, after: SwitchHistory): WatchedSwitch {
  const { history, now, witness } = watched;
  hold("a decision is suspended once", witness.suspendedAt === null);
  const { decision, ...rest } = after;
  const { decision: before, ...same } = history;
  hold("a weak sign begins no silence and takes nothing back", JSON.stringify(rest) === JSON.stringify(same));
  hold("a weak sign never undoes a decision", decision?.id === before?.id);
  hold("a weak sign moves no decision", decision?.decidedAtAttended === before?.decidedAtAttended);
  return { ...watched, history: after, witness: { ...witness, suspendedAt: now } };
}
