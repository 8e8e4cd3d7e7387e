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
    return watched;
  }
  // Why only here: the policy that was bound then decides; a later one with a lower weakMax takes nothing back.
  hold("S7: a weak sign carries at most weakMax beyond the last signed one", now - witness.signedAt <= policy.weakMax);
  hold("a weak sign counts only where its policy names its class", policy.classes.includes(by));
  hold("a weak sign never undoes a decision", witness.decidedAt === null);
  hold("a weak sign lifts no hold", !witness.isHeld && applied.history.held === null);
  hold("a weak sign is never the last signed one", applied.history.lastSignedAttended === history.lastSignedAttended);
  hold(
    "a weak sign refuses no request",
    applied.history.requests.every(
      ({ refusedAttended }, i) => refusedAttended === history.requests[i]?.refusedAttended,
    ),
  );
  const putOff = witness.asked.map((one) => ({ ...one, putOff: 72 * hourMs }));
  return {
    ...watched,
    history: applied.history,
    witness: { ...freshSilence(witness, now), asked: putOff, signAt: now },
  };
}
