import { decodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import { NotFoundError } from "@afterkeep/platform";
import { type StatementBody, zeroHash } from "@afterkeep/statements";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { readBequests } from "../switches/read-bequests.ts";
import { pendingRequestsOf } from "../switches/pending-requests.ts";
import { delegateOf } from "./challenges.ts";

type Challenge = StatementBody<"challenge">;

/** A signed challenge; an account without a genesis gets one too, for its genesis. */
export function issueChallenge(
  parts: KeyholderParts,
  account: string,
  purpose: Challenge["purpose"],
): { challenge: string } {
  const head = parts.chains.find(account)?.head ?? { seq: 0, id: zeroHash };
  const pending = listPending(parts, account);
  return sign(parts, { account, purpose, head, pending }, parts.challenges.issue(account, purpose));
}

/** Why none where they cannot be listed: without a challenge nobody signs, and nothing could be noted of an owner whose sign cannot be written. */
function listPending(parts: KeyholderParts, account: string): Challenge["pending"] {
  try {
    return pendingRequestsOf(readBequests(parts, account).read, parts.time.now());
  } catch (error) {
    parts.onError(error);
    return [];
  }
}

/**
 * A challenge for a check-in of a delegate's. Whoever knows its public key may ask, so it says neither what recipients ask for, which a delegate cannot
 * answer, nor how far the owner's chain has come. Throws NotFoundError `delegate-unknown`, the same for an account that there is not.
 */
export function issueDelegateChallenge(
  parts: KeyholderParts,
  { account, key }: { account: string; key: string },
): { challenge: string } {
  const known = parts.chains.find(account)?.delegates.get(thumb(decodeBase64url(key)));
  if (known !== key) throw new NotFoundError("delegate-unknown", "No such key may check in here.");
  const open = parts.challenges.issue(delegateOf(account, key), "delegated");
  return sign(parts, { account, purpose: "checkin", head: { seq: 0, id: zeroHash }, pending: [] }, open);
}

function sign(
  parts: KeyholderParts,
  about: Pick<Challenge, "account" | "purpose" | "head" | "pending">,
  { challenge, lifeMs }: { challenge: string; lifeMs: number },
): { challenge: string } {
  const jws = speak(parts.keys, "challenge", {
    aud: parts.keys.thumb,
    ...about,
    challenge,
    // Real time said as product time, in which everything else of the statement is dated.
    expires: parts.clock.nowMs() + Math.ceil(lifeMs * parts.settings.factor),
    blobKey: parts.keys.blobKey,
  });
  return { challenge: jws };
}
