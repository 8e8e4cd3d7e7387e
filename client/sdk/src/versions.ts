import type { Device } from "./device.ts";
import type { DocumentInfo } from "./document-info.ts";
import { expectFollowed } from "./follow-bequests.ts";
import { requireOwner } from "./owner.ts";
import { stampNow } from "./stamp-time.ts";
import { chosenDocuments, findInVault, readVault, versionsOf } from "./vault.ts";
import { commitVault, reviseMetadata } from "./vault-commit.ts";

export type DocumentVersion = DocumentInfo & {
  readonly isCurrent: boolean;
  /** Since when it was, or is, the current one; product ms. */
  readonly since: number;
};

/** The versions of a document that verify, the current one first. Where one is withheld or damaged, nobody can tell which is current. */
export async function listVersions(device: Device, doc: string): Promise<DocumentVersion[]> {
  const vault = await readVault(device);
  const versions = versionsOf(vault, doc);
  if (versions.length === 0) findInVault(vault, doc);
  const current = vault.documents.find(({ info }) => info.doc === doc)?.info.ver;
  return versions.map(({ info, opened }) => ({
    ...info,
    versions: versions.length,
    isCurrent: info.ver === current,
    since: opened.metadata.currentMs,
  }));
}

/**
 * Makes an earlier version the current one again, under the document's present name. It keeps its key and its bytes: only its metadata, the
 * vault's manifest and, for live bequests that hold the document, its header and their manifests are written.
 */
export async function restoreVersion(device: Device, doc: string, ver: string): Promise<DocumentInfo> {
  const keys = await requireOwner(device);
  const before = await readVault(device);
  if (findInVault(before, doc).info.ver !== findInVault(before, doc, ver).info.ver) {
    await commitVault(device, keys, async (vault) => {
      const { info, opened } = findInVault(vault, doc);
      const restored = findInVault(vault, doc, ver);
      const newestMs = opened.metadata.currentMs;
      const currentMs = Math.max(await stampNow(device, newestMs), newestMs + 1);
      const { name, folder } = info;
      return {
        removed: new Set([restored.entry]),
        added: [reviseMetadata(restored, { name, folder, currentMs }, device.random)],
      };
    });
  }
  // Why even where nothing changed: an attempt before this one may have ended between the vault and the bequests.
  await expectFollowed(device, keys);
  const [current] = chosenDocuments(await readVault(device), [doc]);
  return current?.info ?? findInVault(before, doc).info;
}
