import { encodeBase64url, MalformedError } from "@afterkeep/bytes";
import { decodeKeyWords, sign, type SigningKey } from "@afterkeep/crypto";
import { kitRevocationKey, parseRecoveryKit } from "@afterkeep/formats";
import { type AccountView, latestPolicy, type StatementSigner } from "@afterkeep/statements";
import type { Ready } from "./arm-preview.ts";
import { RefusedError } from "./errors.ts";
import type { OwnerKeys } from "./owner-keys.ts";

/**
 * The key of a typed recovery kit, for a bequest that was never armed. Throws RefusedError `kit-not-needed` for one that was, `kit-wrong` for whatever
 * is not this account's kit; the text itself enters no message and is kept nowhere.
 */
export function readKitForArming(typed: string, { view, keys, stored }: Ready): StatementSigner {
  expectFirstArming(view, stored.b);
  const key = readKey(typed, keys);
  // Why against the chain: the words have a checksum of eight bits, and only this says that they are of this account.
  if (key !== null && encodeBase64url(key.publicKey) === view.revocationKey)
    return { publicKey: key.publicKey, sign: (bytes) => sign(bytes, key) };
  throw new RefusedError("kit-wrong", "These are not the words of this account's recovery kit, so nothing was armed.", {
    next: "Compare each word with the page, or arm without them: then nothing can be released in the first seven days.",
  });
}

/** Another device may have armed it meanwhile. */
export function expectFirstArming(view: AccountView, b: string): void {
  if (latestPolicy(view, b) === null) return;
  throw new RefusedError("kit-not-needed", "This was armed before, and the recovery kit is for a first arming only.", {
    next: "Nothing was armed. Arm it without the kit.",
  });
}

function readKey(typed: string, { account }: Pick<OwnerKeys, "account">): SigningKey | null {
  try {
    return kitRevocationKey({ account, secret: readSecret(typed) });
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

/** A whole page has a check over all that stands on it. */
function readSecret(typed: string): Uint8Array {
  return /words:/i.test(typed) ? parseRecoveryKit(typed).secret : decodeKeyWords(typed.match(/[A-Za-z]+/g) ?? []);
}
