import type { Id } from "@afterkeep/bytes";
import {
  type AccountView,
  type BesideKind,
  extendChain,
  latestPolicy,
  signedStatement,
  type StatementBody,
} from "@afterkeep/statements";
import { requestChallenge } from "./challenge.ts";
import { readChain } from "./chain.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { ownerSigner, requireOwner } from "./owner.ts";
import { acceptReceipt, changeFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";

/** What every statement beside the chain carries. */
export type BesideFields = Pick<StatementBody<"disarm">, "aud" | "account" | "challenge" | "iat">;

/** Signs and submits what stops something of one bequest, or of all (`b` empty). */
export async function submitScoped<K extends Exclude<BesideKind, "revoke-device">>(
  device: Device,
  kind: K,
  b: Id | "",
  fill: (fields: StatementBody<"disarm">) => StatementBody<K>,
): Promise<CheckInResult> {
  return submitBeside(device, kind, (fields, view) => {
    const policy = b === "" ? null : latestPolicy(view, b);
    if (b !== "" && policy === null) throw new RefusedError("not-found", "This bequest was never armed.");
    return fill({ ...fields, scope: b === "" ? "account" : "bequest", b, policyHash: policy?.id ?? "" });
  });
}

/**
 * Signs and submits what needs no place in the chain, so that another device's changes cannot get in its way; the keyholder accepts it at
 * any head.
 */
export async function submitBeside<K extends BesideKind>(
  device: Device,
  kind: K,
  fill: (fields: BesideFields, view: AccountView) => StatementBody<K>,
): Promise<CheckInResult> {
  const keys = await requireOwner(device);
  const keyholder = await pinnedKeyholder(device);
  const { account } = keys;
  const { view, challenge } = await expectAnswer(changeFailure, async () => {
    const view = await readChain(device);
    const { body } = await requestChallenge(device, { keyholder, account, purpose: "stricter", view });
    return { view, challenge: body };
  });
  const iat = Math.floor(device.now() / 1000);
  const body = fill({ aud: keyholder.thumb, account, challenge: challenge.challenge, iat }, view);
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
