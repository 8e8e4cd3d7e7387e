import { encodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import { ageSealSmall, parseHybridRecipient } from "@afterkeep/formats";
import {
  type AccountView,
  signedStatement,
  type StatementBody,
  type StatementSigner,
  tokenCheckInId,
} from "@afterkeep/statements";
import { requestChallenge, shownReceipt } from "./challenge.ts";
import { readChain } from "./chain.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { type Device, readProfile } from "./device.ts";
import { NotReceiptedError, RefusedError } from "./errors.ts";
import { findDeviceKey } from "./owner.ts";
import type { ChainHead } from "./profile.ts";
import { acceptReceipt, checkInFailure, expectAnswer } from "./receipt.ts";
import { expectNoneRestored } from "./restored.ts";
import { pinnedKeyholder } from "./server-info.ts";

const blobLength = 256;

/** A recipient asks, in the keyholder's signed words. `left` attended ms, until it opens without an answer. */
export type PendingRequest = StatementBody<"challenge">["pending"][number];

/** What recipients ask for, signed by the keyholder: what a person decides on. */
export async function pendingRequests(device: Device): Promise<readonly PendingRequest[]> {
  const { challenge } = await prepare(device);
  return challenge.pending;
}

export type CheckInOptions = {
  /** Requests that may go on, as `pendingRequests` showed them. Every other one that is open is refused by a check-in. */
  readonly leave?: readonly PendingRequest[];
};

/**
 * Checks in with this device's key. Needs a session and the key, not the passphrase: the vault may be locked.
 * Throws NotReceiptedError when the answer proves nothing; then the check-in did NOT count.
 */
export async function checkIn(device: Device, { leave = [] }: CheckInOptions = {}): Promise<CheckInResult> {
  if (leave.length > 16)
    throw new RefusedError("not-possible", `${checkInFailure} It lets at most sixteen requests go on.`, {
      next: "Name fewer; the others can ask again.",
    });
  // Why these too: who is refused before anything was sent must be told the same.
  const { keyholder, view, signer, challenge } = await expectAnswer(checkInFailure, () => prepare(device));
  expectSigned(challenge, leave);
  const nonce = encodeBase64url(device.random(32));
  const body = await checkInBody(device, view.head, signer, {
    challenge,
    nonce,
    leave: leave.map(({ request }) => request),
  });
  const statement = await signedStatement("checkin", body, signer);
  const { seen } = await readProfile(device);
  const { receipt } = await expectAnswer(checkInFailure, () =>
    device.transport.call("checkIn", { body: { statement: statement.jws } }),
  );
  const accepted = await acceptReceipt(device, receipt, {
    keyholder,
    account: view.account,
    statement: statement.id,
    nonce,
    seen,
    sign: "signed",
    leaves: leave.map(({ request }) => request),
    view,
    failure: checkInFailure,
  });
  return toCheckInResult(device, accepted);
}

/**
 * Why the whole of each: a server that shows somebody's request under another's name would else have an owner let the wrong one go on.
 */
function expectSigned({ pending }: StatementBody<"challenge">, leave: readonly PendingRequest[]): void {
  const isSigned = leave.every(({ request, b, r }) =>
    pending.some((one) => one.request === request && one.b === b && one.r === r),
  );
  if (isSigned) return;
  throw new RefusedError("conflict", `${checkInFailure} What is asked for is not what you were shown.`, {
    next: "Look at it once more.",
  });
}

async function prepare(device: Device) {
  const keyholder = await pinnedKeyholder(device);
  const view = await readChain(device);
  const signer = await certifiedDeviceKey(device, view);
  const trust = { keyholder, account: view.account, purpose: "checkin", view } as const;
  const { body: challenge } = await requestChallenge(device, trust);
  return { keyholder, view, signer, challenge };
}

/**
 * Checks in with the one-time token of a mail link; works on a device that knows nothing of the account. The receipt is verified with the
 * pinned keyholder like any other. Where that was pinned only now, on the same server's word, the result says `pinned: false`.
 */
export async function checkInByToken(device: Device, token: string): Promise<CheckInResult> {
  const keyholder = await pinnedKeyholder(device);
  const profile = await readProfile(device);
  const nonce = encodeBase64url(device.random(32));
  const answer = await expectAnswer(checkInFailure, () =>
    device.transport.call("checkInByToken", { body: { token, nonce, ...shownReceipt(profile) } }),
  );
  const statement = tokenCheckInId(answer.account, token, nonce);
  const isOther = profile.account !== "" && profile.account !== answer.account;
  if (answer.statement !== statement)
    throw new NotReceiptedError("not-receipted", `${checkInFailure} The server answered for another link.`);
  const accepted = await acceptReceipt(device, answer.receipt, {
    keyholder,
    account: answer.account,
    statement,
    nonce,
    seen: isOther ? null : profile.seen,
    sign: "token",
    view: null,
    failure: checkInFailure,
  });
  // Why the account: its signed chain names the keyholder it was made for.
  const isOwn = profile.account === answer.account;
  return toCheckInResult(device, accepted, isOwn || !device.memory.isKeyholderNew);
}

async function certifiedDeviceKey(device: Device, view: AccountView): Promise<StatementSigner> {
  const signer = await findDeviceKey(device);
  if (signer === null || view.devices.get(thumb(signer.publicKey)) === undefined) {
    await expectNoneRestored(device);
    throw new RefusedError("locked", "This device cannot check in yet.", {
      next: "Sign in on it once with your passphrase.",
    });
  }
  return signer;
}

export async function checkInBody(
  device: Device,
  seenHead: ChainHead,
  signer: StatementSigner,
  { challenge, nonce, leave }: { challenge: StatementBody<"challenge">; nonce: string; leave: readonly string[] },
): Promise<StatementBody<"checkin">> {
  return {
    aud: challenge.aud,
    account: challenge.account,
    deviceKey: encodeBase64url(signer.publicKey),
    challenge: challenge.challenge,
    nonce,
    seenHead,
    seenCheckpoint: "",
    answers: leave.map((request) => ({ request, answer: "leave" as const })),
    // Why always: a sign under duress must one day look like every other one, in length too (protocol §4).
    blob: encodeBase64url(await ageSealSmall([parseHybridRecipient(challenge.blobKey)], device.random(blobLength))),
    iat: Math.floor(device.now() / 1000),
  };
}
