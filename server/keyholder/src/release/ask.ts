import { decodeBase64url, encodeBase64url, newId, parseId } from "@afterkeep/bytes";
import { parseHybridRecipient, sealAskChallenge } from "@afterkeep/formats";
import { ConflictError, NotFoundError } from "@afterkeep/platform";
import { applyRequest, requestWait, SwitchError, type SwitchHistory } from "@afterkeep/switch";
import { contextOf } from "../deposit/import-deposit.ts";
import { requireRunning } from "../freeze/frozen-by.ts";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, findBequest } from "../store/bequests.ts";
import { findSlot, type Slot } from "../store/slots.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import type { ProofPlace } from "./proofs.ts";
import type { ReleasePlace } from "./require-granted.ts";

type Asking = { readonly bequest: Bequest; readonly slot: Slot; readonly history: SwitchHistory };

/**
 * Step one of asking for a bequest: a nonce that only the holder of the pinned key can read. Throws NotFoundError for whoever may not ask, and
 * for what does not run; ConflictError `asked-already` and `asked-too-soon`.
 */
export async function proveToAsk(
  parts: KeyholderParts,
  place: ReleasePlace,
): Promise<{ request: string; challenge: string }> {
  const { wallMs } = parts.time.now();
  const request = newId(wallMs);
  const { slot } = requireMayAsk(parts, place, request);
  const nonce = parts.proofs.issue(askPlace(place), request);
  const challenge = await sealAskChallenge(parseHybridRecipient(slot.ageKey), {
    asks: contextOf(slot, slot.ageKey),
    requestId: parseId(request),
    nonce: decodeBase64url(nonce),
  });
  return { request, challenge: encodeBase64url(challenge) };
}

/** Step two: the request is on disk before it is answered, and the owner is called about it before its wait begins. */
export function ask(
  parts: KeyholderParts,
  { request, nonce, ...place }: ReleasePlace & { readonly request: string; readonly nonce: string },
): { asked: string } {
  // Why: a check-in that came before would else refuse what its owner never saw.
  parts.sharedCommit.flush();
  const { attendedMs, wallMs } = parts.time.advance();
  const { bequest, history } = requireMayAsk(parts, place, request);
  parts.proofs.require(askPlace(place), nonce, request);
  parts.store.commit(() => {
    // Why tried at once: the last attempt to call, if there was one, was about something else.
    saveBequest(parts.store, { ...bequest, history, lastCallTriedAt: 0 }, attendedMs);
  });
  parts.proofs.spend(askPlace(place), nonce);
  const { policy } = bequest;
  const said = { ...place, g: policy.g, request, policyHash: policy.id, wait: requestWait(policy, place.r) };
  return { asked: speak(parts.keys, "asked", { ...said, at: wallMs, mode: parts.settings.mode }) };
}

/** Why one for all requests of a person: with a name for each, whoever begins to ask again and again would fill the memory. */
function askPlace({ account, b, r }: ReleasePlace): ProofPlace {
  return { account, b, r, decisionId: "ask" };
}

function requireMayAsk(parts: KeyholderParts, { account, b, r }: ReleasePlace, id: string): Asking {
  requireRunning(parts, "can be asked");
  const bequest = findBequest(parts.store, account, b);
  const slot = bequest === null ? null : findSlot(parts.store, account, b, bequest.policy.g, r);
  if (bequest === null || slot === null) throw mayNotAsk();
  try {
    const history = applyRequest(bequest.policy, bequest.history, { id, r }, parts.time.now().attendedMs);
    return { bequest, slot, history };
  } catch (error) {
    throw error instanceof SwitchError ? toPublic(error) : error;
  }
}

function toPublic({ code }: SwitchError): ConflictError | NotFoundError {
  if (code === "asked-already")
    return new ConflictError("asked-already", "You asked already, and the owner has not answered yet.", {
      next: "Wait: without an answer it opens by itself.",
    });
  if (code === "asked-too-soon")
    return new ConflictError("asked-too-soon", "The owner said no a short while ago.", {
      next: "Speak with them. You can ask again a day after they answered.",
    });
  return mayNotAsk();
}

function mayNotAsk(): NotFoundError {
  return new NotFoundError("may-not-ask", "There is nothing here that you can ask for now.");
}
