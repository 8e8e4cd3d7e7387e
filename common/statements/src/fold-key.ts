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

/** A device once certified stays so until it is revoked, and then for good: a key that was stolen must not come back by an old hand. */
export function addDevices(
  known: Pick<AccountView, "devices" | "delegates" | "revoked">,
  { devices }: StatementBody<"key">,
): Map<string, string> {
  const all = new Map(known.devices);
  for (const { key } of devices) {
    const name = thumb(decodeBase64url(key));
    expectThat(!known.revoked.has(name), "device-revoked");
    // Why: what lies on a server unattended must never become what stands for the owner's own hand.
    expectThat(!known.delegates.has(name), "unsafe-key", "used twice");
    all.set(name, key);
  }
  // Why not the 64 that may check in at once: those are counted where a statement is accepted. A reader who folds revocations last, or does
  // not know them, must come to the same chain.
  expectThat(all.size <= 4096, "too-many-devices");
  return all;
}
