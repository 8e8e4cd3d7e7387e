import { zeroHash } from "@afterkeep/statements";
import { freezesLeft, isFrozen } from "@afterkeep/switch";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { readEpoch } from "../store/epoch.ts";
import { readFreeze } from "../store/freeze.ts";
import { listOrders } from "./list-orders.ts";

/** Whether the operators froze everything, and the challenge of the next order, signed. For whoever asks. */
export function freezeState(parts: KeyholderParts): { state: string } {
  const { attendedMs, wallMs } = parts.time.now();
  const freeze = readFreeze(parts.store);
  const { left: more, inMs: again } = freezesLeft(freeze, attendedMs);
  const { challenge, lifeMs } = parts.freezeChallenge.give();
  const left = freeze.leftMs;
  const state = speak(parts.keys, "freeze-state", {
    aud: parts.keys.thumb,
    mode: parts.settings.mode,
    epoch: readEpoch(parts.store),
    at: wallMs,
    freeze: isFrozen(freeze) ? freeze.id : zeroHash,
    left,
    until: wallMs + left,
    order: listOrders(parts.store, 1)[0]?.id ?? zeroHash,
    more,
    again,
    challenge,
    // Real time said as product time, in which everything else of the statement is dated.
    expires: parts.clock.nowMs() + Math.ceil(lifeMs * parts.settings.factor),
  });
  return { state };
}
