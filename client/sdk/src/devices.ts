import { encodeBase64url } from "@afterkeep/bytes";
import { readChain } from "./chain.ts";
import type { CheckInResult } from "./check-in-result.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { findDeviceKey } from "./owner.ts";
import { submitBeside } from "./submit-beside.ts";

export type DeviceInfo = {
  /** The public key that its check-ins are signed with: its name in the log. */
  readonly key: string;
  readonly isThisOne: boolean;
};

/** The devices whose check-ins count, by the owner's signed chain. */
export async function listDevices(device: Device): Promise<DeviceInfo[]> {
  const { devices } = await readChain(device);
  const own = await ownKey(device);
  return [...devices.values()].map((key) => ({ key, isThisOne: key === own }));
}

/**
 * The check-ins of a lost device, or of a key that may only check in, count no more, and it is never certified again. With a device goes what still
 * cools. Throws RefusedError "not-possible" for the device in hand: it could not check in any more.
 */
export async function revokeDevice(device: Device, key: string): Promise<CheckInResult> {
  if (key === (await ownKey(device)))
    throw new RefusedError("not-possible", "This is the device in your hands.", { next: "Revoke it on another one." });
  return submitBeside(device, "revoke-device", (fields, { devices, delegates }) => {
    const isKnown = [...devices.values(), ...delegates.values()].includes(key);
    if (!isKnown) throw new RefusedError("not-found", "There is no such device, nor a key that may only check in.");
    return { ...fields, deviceKey: key };
  });
}

async function ownKey(device: Device): Promise<string> {
  const signer = await findDeviceKey(device);
  return signer === null ? "" : encodeBase64url(signer.publicKey);
}
