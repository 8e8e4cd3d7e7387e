import type { Device } from "./device.ts";
import { sealIntoVault } from "./seal.ts";
import { readVault } from "./vault.ts";
import { settingsType } from "./version-order.ts";
import { encodeVersionPolicy, expectPossiblePolicy, type VersionPolicy } from "./version-policy.ts";

/** Keeps the policy sealed in the vault, under the signed manifest like every document, and prunes by it at once. */
export async function setVersionPolicy(device: Device, policy: VersionPolicy): Promise<void> {
  expectPossiblePolicy(policy);
  const content = encodeVersionPolicy(policy);
  const { settings } = await readVault(device);
  const item = {
    kind: "record" as const,
    name: "settings",
    folder: "",
    type: settingsType,
    size: content.length,
    modified: device.now(),
    document: settings?.info.doc,
    open: async function* () {
      yield content;
    },
  };
  await sealIntoVault(device, [item], {});
}
