import type { Id } from "@afterkeep/bytes";
import type { Manifest, ManifestEntry } from "@afterkeep/formats";
import { type AccountView, newestManifest } from "@afterkeep/statements";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import type { DocumentRow } from "./document-info.ts";
import { ChainMovedError, RefusedError } from "./errors.ts";
import { readManifest, vaultPlace } from "./manifest-commit.ts";
import { revisionsOf } from "./metadata-revisions.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { verifyRemembered } from "./remembered-versions.ts";
import { documentForged, type VerifiedDocument, type VerifiedRows } from "./verify-rows.ts";
import { currentFirst, isSettings } from "./version-order.ts";

/** The owner's vault as its newest signed manifest names it. `documents` are the current versions, `damaged` is by document. */
export type Vault = VerifiedRows & {
  /** Every version that verifies, by document, the current one first. */
  readonly versions: ReadonlyMap<Id, readonly VerifiedDocument[]>;
  /** The vault's own settings, a document that no list shows; null where nothing was ever set. */
  readonly settings: VerifiedDocument | null;
  readonly entries: readonly ManifestEntry[];
  /** Which metadata revision an entry names; undefined where the server shows none that could be it. */
  revOf(entry: ManifestEntry): number | undefined;
};

/** Every document of the vault, each verified against the newest manifest that the owner signed. */
export async function readVault(device: Device): Promise<Vault> {
  const keys = await requireOwner(device);
  for (let attempt = 1; ; attempt++) {
    try {
      return await readVaultAt(device, keys, await readChain(device));
    } catch (error) {
      if (!(error instanceof ChainMovedError) || attempt >= 4) throw error;
    }
  }
}

/** As readVault, of the manifest that is the newest in `view`. Throws ChainMovedError if another device signed a newer one meanwhile. */
export async function readVaultAt(device: Device, keys: OwnerKeys, view: AccountView): Promise<Vault> {
  const manifest = await readManifest(device, keys, view, vaultPlace);
  const rows = manifest === null ? [] : await fetchRows(device);
  const verified = await verifyRemembered(keys, manifest?.entries ?? [], rows);
  if (verified.damaged.length > 0) await expectUnmoved(device, view);
  return vaultOf(manifest, rows, verified);
}

/** Why: a device that renames or prunes between our two reads makes rows look damaged that are only newer than our list. */
async function expectUnmoved(device: Device, view: AccountView): Promise<void> {
  if (vaultManifestId(await readChain(device)) !== vaultManifestId(view)) throw new ChainMovedError();
}

/** Of the newest signed list of the vault; undefined where none was ever signed. The same id, the same vault. */
export function vaultManifestId(view: AccountView): string | undefined {
  return newestManifest(view, vaultPlace.b, vaultPlace.g)?.id;
}

function vaultOf(manifest: Manifest | null, rows: readonly DocumentRow[], verified: VerifiedRows): Vault {
  const damaged = new Set(verified.damaged);
  const versions = new Map<Id, VerifiedDocument[]>();
  for (const one of verified.documents) versions.set(one.info.doc, [...(versions.get(one.info.doc) ?? []), one]);
  for (const list of versions.values()) list.sort(currentFirst);
  // Why not where any version is damaged: the withheld one may be the current one, and an old one would pose as it.
  const current = [...versions.values()].flatMap(([first, ...older]) =>
    first === undefined || damaged.has(first.info.doc)
      ? []
      : [{ ...first, info: { ...first.info, versions: older.length + 1 } }],
  );
  return {
    documents: current.filter((one) => !isSettings(one)),
    damaged: [...damaged],
    versions,
    settings: current.filter(isSettings).sort(currentFirst)[0] ?? null,
    entries: manifest?.entries ?? [],
    revOf: revisionsOf(manifest?.entries ?? [], rows, verified.documents),
  };
}

/** These documents, in this order. Nothing is left out: a damaged one refuses, because it would silently drop out of what is signed. */
export function chosenDocuments(vault: VerifiedRows, docs: readonly string[]): VerifiedDocument[] {
  const known = new Map<string, VerifiedDocument>(vault.documents.map((one) => [one.info.doc, one]));
  return docs.map((doc) => {
    const found = known.get(doc);
    if (found !== undefined) return found;
    if (vault.damaged.some((one) => one === doc)) throw documentForged();
    throw new RefusedError("draft-incomplete", "A document of this bequest is no longer in your vault.");
  });
}

/** The current version of a document, or the named one. */
export function findInVault(vault: Vault, doc: string, ver?: string): VerifiedDocument {
  const current = vault.documents.find(({ info }) => info.doc === doc);
  const found = ver === undefined ? current : versionsOf(vault, doc).find(({ info }) => info.ver === ver);
  if (found !== undefined) return found;
  if (vault.damaged.some((one) => one === doc)) throw documentForged();
  throw new RefusedError("not-found", "There is no such document in your vault.");
}

/** The versions of a document that verify, the current one first; empty where the vault has no such document. */
export function versionsOf(vault: Vault, doc: string): readonly VerifiedDocument[] {
  const [found] = [...vault.versions].filter(([id]) => id === doc);
  return found?.[1].filter((one) => !isSettings(one)) ?? [];
}

async function fetchRows(device: Device): Promise<DocumentRow[]> {
  const rows: DocumentRow[] = [];
  for (let isMore = true; isMore;) {
    const last = rows.at(-1);
    const query = { after: last?.doc ?? "", afterVer: last?.ver ?? "" };
    const page = await device.transport.call("listDocuments", { query });
    rows.push(...page.documents);
    isMore = page.more && page.documents.length > 0;
  }
  return rows;
}
