import { dayMs } from "@afterkeep/switch";
import { type Device, readProfile } from "./device.ts";
import { productNow } from "./server-info.ts";

/**
 * The time to seal into a version, product ms. Why not the server's word alone: one far in the future would stay, and no later version could
 * come after it. A demo's clock runs ahead by design, and is believed.
 * @param newestMs of what the version comes after; 0 where it is the first
 */
export async function stampNow(device: Device, newestMs = 0): Promise<number> {
  const stated = productNow(device);
  return (await isDemo(device)) ? stated : Math.min(stated, Math.max(device.now(), newestMs) + dayMs);
}

/** The time by which versions grow old, product ms. Why the earlier clock: neither a server nor a wrong clock here may hasten what is lost for good. */
export async function pruningNow(device: Device): Promise<number> {
  const stated = productNow(device);
  return (await isDemo(device)) ? stated : Math.min(stated, device.now());
}

async function isDemo(device: Device): Promise<boolean> {
  return (await readProfile(device)).keyholder?.mode === "demo";
}
