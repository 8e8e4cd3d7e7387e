import { encodeBase64url, MalformedError } from "@afterkeep/bytes";
import { decodeKeyWords, sign, type SigningKey } from "@afterkeep/crypto";
import { kitRevocationKey } from "@afterkeep/formats";
import { type AccountView, latestPolicy, type StatementSigner } from "@afterkeep/statements";
import { isStill } from "@afterkeep/switch";
import type { ArmPreview, Ready } from "./arm-preview.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { isKitOfUse } from "./kit-of-use.ts";
import { kitWordsIn } from "./kit-words.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { readStatus } from "./status.ts";
import { resendUnreceipted } from "./unreceipted.ts";

/**
 * The key of a typed recovery kit, for a bequest that was never armed. Throws RefusedError `kit-not-needed` for one that was, `kit-wrong` for whatever
 * is not this account's kit; the text itself enters no message and is kept nowhere.
 */
export async function readKitForArming(
  device: Device,
  typed: string,
  { view, keys, stored }: Ready,
): Promise<StatementSigner> {
  await expectFirstArming(device, view, stored.b);
  const key = readKey(typed, keys);
  // Why against the chain: the words have a checksum of eight bits, and only this says that they are of this account.
  if (key !== null && encodeBase64url(key.publicKey) === view.revocationKey)
    return { publicKey: key.publicKey, sign: (bytes) => sign(bytes, key) };
  throw new RefusedError("kit-wrong", "These are not the words of this account's recovery kit, so nothing was armed.", {
    next: "Compare each word with the page, or arm without them: then nothing can be released in the first seven days.",
  });
}

/** Throws unless it was never armed. Another device may have done so meanwhile, or an earlier visit whose answer was lost. */
export async function expectFirstArming(device: Device, view: AccountView, b: string): Promise<void> {
  const policy = latestPolicy(view, b);
  if (policy === null) return;
  if (policy.body.kit !== undefined && (await isArmedNow(device, policy.id))) {
    throw new RefusedError("kit-not-needed", "This is armed already, and your recovery kit signed it too.", {
      next: "There is nothing more to do. If you changed it since, arm it again without the kit: the change is not armed yet.",
    });
  }
  throw new RefusedError(
    "kit-not-needed",
    "This was armed before, and the recovery kit is for a first arming only. It stays as it is: nothing was changed just now.",
    { next: "To arm it as it is written now, do it without the kit." },
  );
}

/**
 * Throws RefusedError `kit-not-needed` where the kit would change nothing: nobody should be asked for its words in vain. Where the bequest was armed
 * before, what an earlier visit left without a receipt is sent again first, so that what is said of it is proven.
 */
export async function expectKitOfUse(device: Device, b: string, preview: ArmPreview): Promise<void> {
  if (isKitOfUse(preview)) return;
  if (preview.isFirst) {
    throw new RefusedError("kit-not-needed", "The recovery kit would change nothing here, so nothing was armed.", {
      next: "The times of this bequest are a week or longer anyhow. Arm it without the kit.",
    });
  }
  await requireOwner(device);
  await resendUnreceipted(device);
  await expectFirstArming(device, await readChain(device), b);
}

/** By the keyholder's own word: that it was disarmed since does not stand in the chain. */
async function isArmedNow(device: Device, policyHash: string): Promise<boolean> {
  const { lastReceipt } = await readStatus(device);
  const row = lastReceipt?.rows.find((one) => one.policyHash === policyHash);
  return row !== undefined && !isStill(row.state);
}

function readKey(typed: string, { account }: Pick<OwnerKeys, "account">): SigningKey | null {
  try {
    return kitRevocationKey({ account, secret: decodeKeyWords(kitWordsIn(typed)) });
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}
