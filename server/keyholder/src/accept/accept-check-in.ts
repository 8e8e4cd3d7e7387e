import type { ParsedStatement } from "@afterkeep/formats";
import { NotFoundError } from "@afterkeep/platform";
import { idField, StatementError, verifyCheckIn } from "@afterkeep/statements";
import { z } from "zod";
import type { KeyholderParts } from "../parts.ts";
import { listBequests } from "../store/bequests.ts";
import type { Moment } from "../time/attended-time.ts";
import { requireBlob } from "./blob.ts";
import { hearSign } from "./hear-sign.ts";
import { writeReceipt } from "./receipt.ts";

const claimSchema = z.object({ account: idField });

/** Accepts a device's check-in: a certified key, a fresh challenge, a blob of the one size. Returns the receipt. */
export function acceptCheckIn(parts: KeyholderParts, read: ParsedStatement, moment: Moment): string {
  const claim = claimSchema.safeParse(read.payload);
  if (!claim.success) throw new StatementError("body");
  const { account } = claim.data;
  const view = parts.chains.find(account);
  if (view === null) throw new NotFoundError("account-unknown", "The keyholder does not know this account.");
  // Why whatever head the device saw: after a restore it knows changes that are lost here, and its owner is alive nevertheless. The
  // receipt shows this store's own head, so the device sees what the keyholder does not know.
  const { id, body } = verifyCheckIn(read, view);
  parts.challenges.require(body.challenge, account, "checkin");
  requireBlob(body.blob, parts.keys.sealedBlobLength);
  const { challenge, nonce } = body;
  const leaves = body.answers.map(({ request }) => request);
  const receipt = parts.store.commit(() => {
    const heard = listBequests(parts.store, account).map((bequest) =>
      hearSign(parts, bequest, { kind: "signed", id, leaves }, moment),
    );
    return writeReceipt(parts, { account, statement: id, nonce, challenge, head: view.head }, heard, moment);
  });
  parts.challenges.spend(challenge);
  return receipt;
}
