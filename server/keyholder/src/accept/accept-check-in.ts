import type { ParsedStatement } from "@afterkeep/formats";
import { NotFoundError } from "@afterkeep/platform";
import { judgeCheckIn, openCheckIn } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import type { Moment } from "../time/attended-time.ts";
import { requireBlob } from "./blob.ts";
import { delegateOf } from "./challenges.ts";
import { hearAll } from "./hear-all.ts";
import type { OnVerified } from "./hear-or-note.ts";
import { writeReceipt } from "./receipt.ts";
import { requireCounted } from "./weak-sign.ts";

/**
 * Accepts a check-in: a certified key, a fresh challenge, a blob of the one size. A device's is a signed sign; a delegate's is a weak one, and refused
 * where no bequest counts it. Returns the receipt.
 */
export function acceptCheckIn(
  parts: KeyholderParts,
  read: ParsedStatement,
  moment: Moment,
  onVerified: OnVerified,
): string {
  // Why before anything is looked up: who has no certified key must not learn from a refusal which accounts there are.
  const opened = openCheckIn(read, parts.keys.thumb);
  const { account } = opened.body;
  const view = parts.chains.find(account);
  if (view === null) throw new NotFoundError("account-unknown", "The keyholder does not know this account.");
  // Why whatever head the device saw: after a restore it knows changes that are lost here, and its owner is alive nevertheless. The
  // receipt shows this store's own head, so the device sees what the keyholder does not know.
  const { id, body, class: sign } = judgeCheckIn(opened, view);
  const { challenge, nonce, deviceKey } = body;
  if (sign === "signed") parts.challenges.require(challenge, account, "checkin");
  else parts.challenges.require(challenge, delegateOf(account, deviceKey), "delegated");
  requireBlob(body.blob, parts.keys.sealedBlobLength);
  onVerified({ account, sign: id, class: sign, challenge });
  const leaves = body.answers.map(({ request }) => request);
  const receipt = parts.store.commit(() => {
    const heard = hearAll(parts, account, () => ({ kind: sign, id, leaves }), moment);
    const weak = sign === "signed" ? {} : { weak: requireCounted(sign, heard.read, moment) };
    return writeReceipt(parts, { account, statement: id, nonce, challenge, head: view.head, ...weak }, heard, moment);
  });
  parts.challenges.spend(challenge);
  return receipt;
}
