import { decodeBase64url } from "@afterkeep/bytes";
import { isSafePublicKey, thumb } from "@afterkeep/crypto";
import type { AccountView } from "./account-view.ts";
import type { StatementBody } from "./bodies.ts";
import { expectThat } from "./errors.ts";

/** Why here: a small-order key would make any signature "by this device" verify. */
export function expectSafeKeys({ ownerKey, revocationKey, devices }: StatementBody<"key">): void {
  const keys = [ownerKey, revocationKey, ...devices.map(({ key }) => key)];
  expectThat(
    keys.every((key) => isSafePublicKey(decodeBase64url(key))),
    "unsafe-key",
  );
}

export function expectSameKeys(view: AccountView, body: StatementBody<"key">): void {
  const isSame =
    body.ownerKey === view.ownerKey &&
    body.revocationKey === view.revocationKey &&
    body.identity === view.identity &&
    body.epoch === view.epoch;
  expectThat(isSame, "key-changed");
}

/** A device once certified stays certified in this version; naming it again changes nothing. */
export function addDevices(known: ReadonlyMap<string, string>, { devices }: StatementBody<"key">): Map<string, string> {
  const all = new Map(known);
  for (const { key } of devices) all.set(thumb(decodeBase64url(key)), key);
  expectThat(all.size <= 64, "too-many-devices");
  return all;
}
