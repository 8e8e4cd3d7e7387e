import { type AccountView, type StatementBody, StatementError, verifyChallenge } from "@afterkeep/statements";
import { type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import type { PinnedKeyholder, StoredProfile } from "./profile.ts";
import { keyholderKey, productNow } from "./server-info.ts";

export type Purpose = StatementBody<"challenge">["purpose"];
export type VerifiedChallenge = ReturnType<typeof verifyChallenge>;

export type ChallengeTrust = {
  readonly keyholder: PinnedKeyholder;
  readonly account: string;
  readonly purpose: Purpose;
  readonly view: AccountView | null;
};

/**
 * A fresh challenge, signed by the pinned keyholder for this account and purpose. The newest receipt goes along: a keyholder that was put back from a
 * copy with all that the server has learns by it that it was, before anything is signed.
 */
export async function requestChallenge(device: Device, trust: ChallengeTrust): Promise<VerifiedChallenge> {
  const profile = await readProfile(device);
  const shown = profile.account === trust.account ? shownReceipt(profile) : {};
  const { challenge } = await device.transport.call("challenge", { body: { purpose: trust.purpose, ...shown } });
  return openChallenge(device, challenge, trust);
}

/**
 * The newest receipt that this device has, for the keyholder to see.
 *
 * Invariant: no receipt is replaced by a newer one before it was shown. A keyholder that was put back counts on, and the newer one may be of what came after.
 */
export function shownReceipt({ lastReceipt }: Pick<StoredProfile, "lastReceipt">): { receipt?: string } {
  return lastReceipt === "" ? {} : { receipt: lastReceipt };
}

/** Verifies a challenge that came with another answer. */
export function openChallenge(device: Device, jws: string, trust: ChallengeTrust): VerifiedChallenge {
  const { keyholder, account, purpose, view } = trust;
  try {
    return verifyChallenge(jws, {
      keyholderKey: keyholderKey(keyholder),
      account,
      purpose,
      nowMs: productNow(device),
      view,
    });
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    throw new RefusedError(
      "keyholder-changed",
      "The server's challenge is not by the keyholder this device knows, so nothing was signed.",
      {
        next: "Try again. If it stays, ask whoever runs the server.",
        cause: error,
      },
    );
  }
}
