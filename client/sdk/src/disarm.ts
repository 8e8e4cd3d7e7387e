import type { Id } from "@afterkeep/bytes";
import { extendChain, latestPolicy, signedStatement, type StatementBody } from "@afterkeep/statements";
import { requestChallenge } from "./challenge.ts";
import { readChain } from "./chain.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { ownerSigner, requireOwner } from "./owner.ts";
import { acceptReceipt, changeFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";

/**
 * Disarms one bequest, or all (`b` empty). It needs no place in the chain, so another device's changes cannot get in its way; the
 * keyholder accepts it at any head.
 */
export async function disarm(device: Device, b: Id | ""): Promise<CheckInResult> {
  const keys = await requireOwner(device);
  const view = await readChain(device);
  const keyholder = await pinnedKeyholder(device);
  const policy = b === "" ? null : latestPolicy(view, b);
  if (b !== "" && policy === null) throw new RefusedError("not-found", "This bequest was never armed.");
  const { body: challenge } = await requestChallenge(device, {
    keyholder,
    account: keys.account,
    purpose: "stricter",
    view,
  });
  const body: StatementBody<"disarm"> = {
    aud: keyholder.thumb,
    account: keys.account,
    challenge: challenge.challenge,
    scope: b === "" ? "account" : "bequest",
    b,
    policyHash: policy?.id ?? "",
    iat: Math.floor(device.now() / 1000),
  };
  const statement = await signedStatement("disarm", body, ownerSigner(keys));
  const { seen } = await readProfile(device);
  const { receipt } = await expectAnswer(changeFailure, () =>
    device.transport.call("submitStatement", { body: { kind: "disarm", statement: statement.jws } }),
  );
  const accepted = await acceptReceipt(device, receipt, {
    keyholder,
    account: keys.account,
    statement: statement.id,
    nonce: challenge.challenge,
    seen,
    sign: "signed",
    view: extendChain(view, statement.jws, { account: keys.account, keyholder: keyholder.thumb }),
    failure: changeFailure,
  });
  return toCheckInResult(device, accepted);
}
