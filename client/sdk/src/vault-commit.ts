import type { ManifestEntry } from "@afterkeep/formats";
import { encodeMetadata, metaHash } from "@afterkeep/formats";
import type { DocumentMetadata } from "@afterkeep/formats";
import type { RandomSource } from "@afterkeep/bytes";
import type { AccountView } from "@afterkeep/statements";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { commitManifest, type ManifestContent, type MetadataRevision, vaultPlace } from "./manifest-commit.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { type Vault, readVaultAt } from "./vault.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

/** What changes in the vault. Entries that it does not speak of stay as they are. */
export type VaultChange = {
  /** Versions that the vault names no more, or names otherwise; by entry of the vault. */
  readonly removed: ReadonlySet<ManifestEntry>;
  readonly added: readonly AddedEntry[];
};

export type AddedEntry = {
  readonly entry: ManifestEntry;
  readonly rev: number;
  readonly revision: MetadataRevision | null;
};

const maxRevisions = 10_000;

/** Signs and commits one vault manifest. `change` decides on the newest verified vault and the chain that it was signed in, and is asked again if another device was faster. */
export async function commitVault(
  device: Device,
  keys: OwnerKeys,
  change: (vault: Vault, view: AccountView) => VaultChange | Promise<VaultChange>,
): Promise<void> {
  await commitManifest(device, keys, vaultPlace, [keys.keyring.ageRecipient], async (view) => {
    const vault = await readVaultAt(device, keys, view);
    return changedContent(vault, await change(vault, view));
  });
}

function changedContent(vault: Vault, { removed, added }: VaultChange): ManifestContent {
  const metadata = added.flatMap(({ revision }) => revision ?? []);
  if (metadata.length > maxRevisions)
    throw new RefusedError("not-possible", "That is too much to change at once.", { next: "Change fewer documents." });
  const revs = new Map(added.map(({ entry, rev }) => [entry, rev]));
  // Why by name: a version that was verified before carries the entry of the manifest that it was verified against, an equal but other object.
  const gone = new Set([...removed].map(nameOf));
  return {
    entries: [...vault.entries.filter((entry) => !gone.has(nameOf(entry))), ...added.map(({ entry }) => entry)],
    message: "",
    revOf: (entry) => revs.get(entry) ?? vault.revOf(entry),
    headerRevOf: () => undefined,
    metadata,
  };
}

function nameOf({ docId, verId }: ManifestEntry): string {
  return `${docId}/${verId}`;
}

/** A version with other metadata: the same file key and payload under the next revision. No byte of the payload moves. */
export function reviseMetadata(
  version: Pick<VerifiedDocument, "entry" | "opened" | "rev">,
  change: Partial<Pick<DocumentMetadata, "name" | "folder" | "currentMs">>,
  random: RandomSource,
): AddedEntry {
  const { entry, opened } = version;
  const { docId, verId } = entry;
  const rev = version.rev + 1;
  const place = { account: opened.account, docId, verId, rev };
  const metadata = encodeMetadata(opened.fileKey, place, { ...opened.metadata, ...change }, random);
  return { entry: { ...entry, metaHash: metaHash(metadata) }, rev, revision: { docId, verId, rev, metadata } };
}
