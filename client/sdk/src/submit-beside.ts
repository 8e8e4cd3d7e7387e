import type { Id } from "@afterkeep/bytes";
import { type BesideKind, extendChain, latestPolicy, signedStatement, type StatementBody } from "@afterkeep/statements";
import { requestChallenge } from "./challenge.ts";
import { readChain } from "./chain.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { ownerSigner, requireOwner } from "./owner.ts";
import { acceptReceipt, changeFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";

/**
 * Signs and submits what stops one bequest, or all (`b` empty). It needs no place in the chain, so another device's changes cannot get in
 * its way; the keyholder accepts it at any head.
 */
export async function submitBeside<K extends BesideKind>(
  device: Device,
  kind: K,
  b: Id | "",
  fill: (fields: StatementBody<"disarm">) => StatementBody<K>,
): Promise<CheckInResult> {
  const keys = await requireOwner(device);
  const view = await readChain(device);
  const keyholder = await pinnedKeyholder(device);
  const policy = b === "" ? null : latestPolicy(view, b);
  if (b !== "" && policy === null) throw new RefusedError("not-found", "This bequest was never armed.");
  const { account } = keys;
  const { body: challenge } = await requestChallenge(device, { keyholder, account, purpose: "stricter", view });
  const body = fill({
    aud: keyholder.thumb,
    account,
    challenge: challenge.challenge,
    scope: b === "" ? "account" : "bequest",
    b,
    policyHash: policy?.id ?? "",
    iat: Math.floor(device.now() / 1000),
  });
  const statement = await signedStatement(kind, body, ownerSigner(keys));
  const { seen } = await readProfile(device);
  const { receipt } = await expectAnswer(changeFailure, () =>
    device.transport.call("submitStatement", { body: { kind, statement: statement.jws } }),
  );
  const accepted = await acceptReceipt(device, receipt, {
    keyholder,
    account,
    statement: statement.id,
    nonce: challenge.challenge,
    seen,
    sign: "signed",
    view: extendChain(view, statement.jws, { account, keyholder: keyholder.thumb }),
    failure: changeFailure,
  });
  return toCheckInResult(device, accepted);
}
