import { encodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import type { AccountView } from "@afterkeep/statements";
import { submitControl } from "./control.ts";
import type { Device } from "./device.ts";
import { findDeviceKey, makeDeviceKey } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { restoreNotice } from "./restored.ts";

/** Lets this device's key be certified if it is not. Not before the owner looked at a chain that was set back. */
export async function certifyDevice(device: Device, keys: OwnerKeys, view: AccountView): Promise<void> {
  if ((await restoreNotice(device))?.isChainOlder === true) return;
  const known = await findDeviceKey(device);
  if (known !== null && view.devices.has(thumb(known.publicKey))) return;
  // Why a new key for another account's device: one key under two accounts would tell the server that they share a person.
  const signer = await makeDeviceKey(device);
  const key = encodeBase64url(signer.publicKey);
  await submitControl(device, keys, "key", (current) => ({
    epoch: current.epoch,
    ownerKey: current.ownerKey,
    revocationKey: current.revocationKey,
    identity: current.identity,
    keyring: current.keyring,
    devices: [...new Set([...current.devices.values(), key])].map((one) => ({ key: one })),
  }));
}
