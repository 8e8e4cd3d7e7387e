import { decodeBase64url } from "@afterkeep/bytes";
import { isSafePublicKey, thumb } from "@afterkeep/crypto";
import type { AccountView } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import type { OpenedStatement } from "./sign.ts";

/**
 * A key that may check in weakly and do nothing else. Invariant: no key is a device's and a delegate's, in whichever order: what certified the key says
 * of which class its check-ins are.
 */
export function foldDelegate(view: AccountView, { body: { key } }: OpenedStatement<"delegate">): AccountView {
  expectThat(isSafePublicKey(decodeBase64url(key)), "unsafe-key");
  const name = thumb(decodeBase64url(key));
  expectThat(!view.revoked.has(name), "device-revoked");
  const isUsed =
    view.devices.has(name) || view.delegates.has(name) || [view.ownerKey, view.revocationKey].includes(key);
  // Why also a delegate's own: a reader who folds revocations last must refuse whatever came back, as one does who folds them in their place.
  expectThat(!isUsed, "unsafe-key", "used twice");
  const delegates = new Map(view.delegates).set(name, key);
  // Why not the 16 that may check in at once: see addDevices.
  expectThat(delegates.size <= 4096, "too-many-delegates");
  return { ...view, delegates };
}
