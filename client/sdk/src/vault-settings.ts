import type { Device } from "./device.ts";
import { ownerRange } from "./documents.ts";
import { readAll } from "./read-stream.ts";
import { readVault, type Vault } from "./vault.ts";
import { openVerified } from "./verify-rows.ts";
import { decodeVersionPolicy, defaultVersionPolicy, type VersionPolicy } from "./version-policy.ts";

const maxSettingsBytes = 4096;

/**
 * How long the owner wants earlier versions kept, from the vault's sealed settings, or the default where nothing was ever set. null where it
 * cannot be known because a damaged document may be those settings: then nothing may be pruned.
 */
export async function readVersionPolicy(
  device: Device,
  { settings, damaged }: Pick<Vault, "settings" | "damaged">,
): Promise<VersionPolicy | null> {
  if (settings === null) return damaged.length > 0 ? null : defaultVersionPolicy;
  if (settings.info.size > maxSettingsBytes) return null;
  return decodeVersionPolicy(await readAll(openVerified(settings, ownerRange(device), {}).stream));
}

/** As readVersionPolicy, for showing. */
export async function readOwnVersionPolicy(device: Device): Promise<VersionPolicy> {
  return (await readVersionPolicy(device, await readVault(device))) ?? defaultVersionPolicy;
}
