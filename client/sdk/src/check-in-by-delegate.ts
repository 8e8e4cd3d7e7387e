import { encodeBase64url } from "@afterkeep/bytes";
import { signedStatement } from "@afterkeep/statements";
import { openChallenge, shownReceipt } from "./challenge.ts";
import { checkInBody } from "./check-in.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError, SdkError } from "./errors.ts";
import { findDeviceKey } from "./owner.ts";
import { laterHead } from "./profile.ts";
import { acceptReceipt, checkInFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";

/**
 * Checks in with a key that may do nothing else, on a device that is nothing but that key's file (`delegateStore`): without a session, passphrase or
 * chain. Challenge and receipt are verified by the keyholder that was pinned when the key was made. What is thrown begins with: it did NOT count.
 */
export async function checkInByDelegate(device: Device): Promise<CheckInResult> {
  try {
    return await checkInOnce(device);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.message.startsWith(checkInFailure)) throw error;
    const { code, next } = error;
    throw new RefusedError(code, `${checkInFailure} ${error.message}`, { next, cause: error });
  }
}

async function checkInOnce(device: Device): Promise<CheckInResult> {
  const profile = await readProfile(device);
  const { account, seen, head: seenHead } = profile;
  const signer = await findDeviceKey(device);
  if (signer === null || seenHead === null) throw new SdkError("wrong-key", `${checkInFailure} There is no key.`);
  const keyholder = await expectAnswer(checkInFailure, () => pinnedKeyholder(device));
  const key = encodeBase64url(signer.publicKey);
  const asked = await expectAnswer(checkInFailure, () =>
    device.transport.call("delegateChallenge", { body: { account, key, ...shownReceipt(profile) } }),
  );
  const trust = { keyholder, account, purpose: "checkin", view: null } as const;
  const { body: challenge } = openChallenge(device, asked.challenge, trust);
  const nonce = encodeBase64url(device.random(32));
  const body = await checkInBody(device, seenHead, signer, { challenge, nonce, leave: [] });
  const statement = await signedStatement("checkin", body, signer);
  const { receipt } = await expectAnswer(checkInFailure, () =>
    device.transport.call("checkInByDelegate", { body: { statement: statement.jws } }),
  );
  const accepted = await acceptReceipt(device, receipt, {
    keyholder,
    account,
    statement: statement.id,
    nonce,
    seen,
    sign: "delegated",
    view: null,
    seenHead,
    failure: checkInFailure,
  });
  const { head, epoch } = accepted.receipt;
  // Why not only raised: after a restore the chain may be another one, and what was seen of the lost one would never be met again.
  const isRestored = seen !== null && epoch > seen.epoch;
  await changeProfile(device, (profile) => ({ head: isRestored ? head : laterHead(profile.head, head) }));
  return toCheckInResult(device, accepted);
}
