import type { AccountView } from "@afterkeep/statements";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { ProblemError, UnavailableError } from "./errors.ts";
import type { UnreceiptedChange } from "./profile.ts";
import { type AcceptedReceipt, acceptReceipt, changeFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";

/**
 * Sends a signed change and has it receipted. It is kept in the profile until then: where the keyholder accepted it and its answer was lost,
 * the very same statement gets the same receipt, and the server's copy is made whole by it. A new statement would leave a hole.
 */
export async function haveReceipted(
  device: Device,
  change: UnreceiptedChange,
  view: AccountView | null,
): Promise<AcceptedReceipt> {
  await changeProfile(device, () => ({ unreceipted: change }));
  try {
    const accepted = await receiptOf(device, change, view);
    await changeProfile(device, () => ({ unreceipted: null }));
    return accepted;
  } catch (error) {
    if (isRefusedForGood(error) && !isUndecided(error)) await changeProfile(device, () => ({ unreceipted: null }));
    throw error;
  }
}

/**
 * Sends again what an earlier visit left without a receipt. What was refused for good is forgotten: it was never done. A list that the server
 * cannot take now stays until another change is signed.
 */
export async function resendUnreceipted(device: Device): Promise<void> {
  const { unreceipted, account } = await readProfile(device);
  if (unreceipted === null || unreceipted.account !== account) return;
  try {
    // Why no view: other devices may have gone on since, and the receipt is of then.
    await haveReceipted(device, unreceipted, null);
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
  }
}

async function receiptOf(
  device: Device,
  change: UnreceiptedChange,
  view: AccountView | null,
): Promise<AcceptedReceipt> {
  const { account, statement, nonce, seen } = change;
  const { receipt } = await expectAnswer(changeFailure, () => sendAgainOnce(device, change));
  const keyholder = await pinnedKeyholder(device);
  return acceptReceipt(device, receipt, {
    keyholder,
    account,
    statement,
    nonce,
    seen,
    sign: "signed",
    view,
    failure: changeFailure,
  });
}

async function sendAgainOnce(device: Device, change: UnreceiptedChange): Promise<{ readonly receipt: string }> {
  try {
    return await send(device, change);
  } catch (error) {
    if (error instanceof UnavailableError) return send(device, change);
    throw error;
  }
}

function send(device: Device, { call }: UnreceiptedChange): Promise<{ readonly receipt: string }> {
  return call.name === "submitStatement"
    ? device.transport.call("submitStatement", { body: call.body })
    : device.transport.call("commitManifest", { body: call.body });
}

const askAgainLater = [401, 408, 425, 429];

/** Whether the server said no to the change itself, and not only to this moment or this session. */
function isRefusedForGood(error: unknown): boolean {
  return error instanceof ProblemError && !askAgainLater.includes(error.status);
}

/** Said before the keyholder was asked: whether it had accepted the list the first time stays open. */
function isUndecided(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "documents-not-ready";
}
