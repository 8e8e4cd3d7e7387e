import { ConflictError, NotFoundError } from "@afterkeep/platform";
import { type StatementBody, verifyFreezeOrder, zeroHash } from "@afterkeep/statements";
import { applyFreeze, applyFreezeEnded, type IncidentFreeze, isFrozen, SwitchError } from "@afterkeep/switch";
import { toPublicError } from "../accept/submit.ts";
import type { KeyholderParts } from "../parts.ts";
import { readEpoch } from "../store/epoch.ts";
import { addFreezeOrder, readFreeze } from "../store/freeze.ts";
import { freezeEverything, thawEverything } from "./freeze-everything.ts";
import { freezeState } from "./freeze-state.ts";
import { operatorsNeeded } from "./operators.ts";

type Order = StatementBody<"freeze">;

/**
 * Two operators freeze everything or end their freeze. Their signatures are the only right to it, whoever brings them. On disk before it is answered.
 * Throws NotFoundError `freeze-unavailable` without two operators, InputError for what two of them did not sign, ForbiddenError for what is not
 * fresh, ConflictError `freeze-stale` for what was overtaken, and `freeze-used-up` after two renewals in a row.
 */
export function orderFreeze(parts: KeyholderParts, statements: readonly [string, string]): { state: string } {
  if (parts.operators.length < operatorsNeeded)
    throw new NotFoundError("freeze-unavailable", "This server has no two operators who could freeze it.");
  // Why before anything else: whoever can reach the server may send two strings, and only operators may make it wait for the disk.
  const order = readOrder(parts, statements);
  // Why: who came first is heard first, and the time until now still counts.
  parts.sharedCommit.flush();
  const { attendedMs } = parts.time.advance();
  const freeze = obey(parts, order, attendedMs);
  parts.store.commit(() => {
    addFreezeOrder(parts.store, statements, attendedMs);
    const change = order.what === "freeze" ? freezeEverything : thawEverything;
    change(parts.store, freeze, attendedMs);
  });
  parts.freezeChallenge.spend();
  return freezeState(parts);
}

function readOrder(parts: KeyholderParts, statements: readonly [string, string]): Order {
  const { operators, keys, settings } = parts;
  try {
    const order = verifyFreezeOrder(statements, { operators, aud: keys.thumb, mode: settings.mode });
    parts.freezeChallenge.require(order.challenge);
    return order;
  } catch (error) {
    throw toPublicError(error);
  }
}

function obey(parts: KeyholderParts, order: Order, attendedMs: number): IncidentFreeze {
  const freeze = readFreeze(parts.store);
  const present = isFrozen(freeze) ? freeze.id : zeroHash;
  if (order.epoch !== readEpoch(parts.store) || order.freeze !== present)
    throw new ConflictError("freeze-stale", "This order was signed for another state of the keyholder.", {
      next: "Look at the present state; both operators must sign anew.",
    });
  if (order.what === "thaw") return applyFreezeEnded(freeze, attendedMs);
  try {
    return applyFreeze(freeze, { id: order.challenge, forMs: order.forMs }, attendedMs);
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error;
    throw new ConflictError("freeze-used-up", "Everything was frozen three times in a row.", {
      next: "A new freeze is possible ninety counted days after the last one ended.",
    });
  }
}
