import { decodeBase64url, encodeBase64url, parseId } from "@afterkeep/bytes";
import { parseHybridRecipient, sealProofChallenge } from "@afterkeep/formats";
import { contextOf } from "../deposit/import-deposit.ts";
import type { KeyholderParts } from "../parts.ts";
import { requireGranted, type ReleasePlace } from "./require-granted.ts";

/** Step one of a grant: a nonce that only the holder of the pinned key can read. */
export async function prove(
  parts: KeyholderParts,
  place: ReleasePlace,
): Promise<{ decisionId: string; challenge: string }> {
  const { decisionId, slot } = requireGranted(parts, place);
  const nonce = parts.proofs.issue({ ...place, decisionId });
  const challenge = await sealProofChallenge(parseHybridRecipient(slot.ageKey), {
    bequest: contextOf(slot, slot.ageKey),
    decisionId: parseId(decisionId),
    nonce: decodeBase64url(nonce),
  });
  return { decisionId, challenge: encodeBase64url(challenge) };
}
