import { certifyDevice } from "./certify-device.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { requireOwner } from "./owner.ts";
import { forgetRestore } from "./restored.ts";

/**
 * The owner has looked at their people and every bequest after a restore. Changes can be signed again on this device, and where it was certified after
 * the backup it is certified anew, or it could not check in. Needs the unlocked vault.
 */
export async function acceptRestore(device: Device): Promise<void> {
  const keys = await requireOwner(device);
  await forgetRestore(device);
  await certifyDevice(device, keys, await readChain(device));
}
