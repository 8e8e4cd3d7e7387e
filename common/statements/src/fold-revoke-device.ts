import { decodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import type { AccountView } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import { policiesInScope } from "./fold-disarm.ts";
import type { OpenedStatement } from "./sign.ts";

/**
 * A device or a delegate that was lost or stolen signs nothing any more. Why one may be named that the chain does not certify: a keyholder whose store was
 * restored may have lost the statement that did, and must not take the key back when it is given that again.
 *
 * Why whatever is not known for a delegate counts as a device: only a device's taking away drops what cools, and what is in doubt is dropped.
 */
export function foldRevokeDevice(view: AccountView, { id, body }: OpenedStatement<"revoke-device">): AccountView {
  expectThat(![...view.revoked.values()].includes(id), "duplicate");
  const name = thumb(decodeBase64url(body.deviceKey));
  const without = (keys: AccountView["devices"]) => new Map([...keys].filter(([one]) => one !== name));
  const [devices, delegates] = [without(view.devices), without(view.delegates)];
  const revocation = { id, acts: policiesInScope(view, "account", "") };
  const deviceRevocations = view.delegates.has(name) ? view.deviceRevocations : [...view.deviceRevocations, revocation];
  return { ...view, devices, delegates, revoked: new Map(view.revoked).set(name, id), deviceRevocations };
}
