import { zeroHash } from "@afterkeep/statements";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { listBequests } from "../store/bequests.ts";
import { pendingRequestsOf } from "../switches/pending-requests.ts";
import type { ChallengePurpose } from "./challenges.ts";

/** A signed challenge; an account without a genesis gets one too, for its genesis. */
export function issueChallenge(
  parts: KeyholderParts,
  account: string,
  purpose: ChallengePurpose,
): { challenge: string } {
  const head = parts.chains.find(account)?.head ?? { seq: 0, id: zeroHash };
  const { challenge, lifeMs } = parts.challenges.issue(account, purpose);
  const jws = speak(parts.keys, "challenge", {
    aud: parts.keys.thumb,
    account,
    purpose,
    challenge,
    // Real time said as product time, in which everything else of the statement is dated.
    expires: parts.clock.nowMs() + Math.ceil(lifeMs * parts.settings.factor),
    head,
    blobKey: parts.keys.blobKey,
    pending: pendingRequestsOf(listBequests(parts.store, account), parts.time.now()),
  });
  return { challenge: jws };
}
