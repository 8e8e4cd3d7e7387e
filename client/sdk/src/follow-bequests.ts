import type { AgeRecipient, Manifest, ManifestEntry } from "@afterkeep/formats";
import { encodeBase64url, type Id } from "@afterkeep/bytes";
import type { AccountView } from "@afterkeep/statements";
import { readBequests, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { ChainMovedError } from "./errors.ts";
import { rewriteHeaders, withdrawHeaders } from "./headers.ts";
import type { KnownGeneration } from "./labels.ts";
import { liveGenerations } from "./live-generations.ts";
import { commitManifest, presentHeaderRev, readManifest } from "./manifest-commit.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { readVaultAt, type Vault, vaultManifestId } from "./vault.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

/** A generation that can still be released, and the newest list that was signed for it. */
type Follower = { readonly b: Id; readonly generation: KnownGeneration; readonly manifest: Manifest };

/**
 * Makes every live bequest name the current version of each of its documents, under its current name: headers first, so that no recipient
 * meets a document they cannot open, then one manifest for each. Done after each change of the vault, for whatever differs: a change
 * that broke off in between is made whole by the next one.
 */
export async function followVault(device: Device, keys: OwnerKeys): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await followOnce(device, keys);
    } catch (error) {
      if (!(error instanceof ChainMovedError) || attempt >= 4) throw error;
    }
  }
}

async function followOnce(device: Device, keys: OwnerKeys): Promise<void> {
  const bequests = await readBequests(device, keys);
  if (bequests.every(({ label }) => label.generations.length === 0)) return;
  const view = await readChain(device);
  const vault = await readVaultAt(device, keys, view);
  const current = new Map(vault.documents.map((one) => [one.info.doc, one]));
  const followers = await readFollowers(device, keys, view, bequests);
  const behind = followers.filter(({ manifest }) => isBehind(manifest, current));
  if (behind.length === 0) return;
  const named = behind.flatMap(({ manifest }) => manifest.entries);
  const replaced = named.filter(({ docId, verId }) => (current.get(docId)?.info.ver ?? verId) !== verId);
  const isUnopened = (doc: Id): boolean => current.get(doc)?.isPresentHeader === false;
  const docs = new Set([...replaced, ...named.filter(({ docId }) => isUnopened(docId))].map(({ docId }) => docId));
  const rewritten = await rewriteHeaders(
    device,
    keys,
    [...docs].flatMap((doc) => current.get(doc) ?? []),
    () => undefined,
  );
  const now = new Map([...current, ...rewritten.map((one): [Id, VerifiedDocument] => [one.info.doc, one])]);
  for (const follower of behind) await commitFollower(device, keys, follower, { view, vault, current: now });
  await withdrawHeaders(device, keys, olderVersions(vault, replaced));
}

async function readFollowers(
  device: Device,
  keys: OwnerKeys,
  view: AccountView,
  bequests: readonly StoredBequest[],
): Promise<Follower[]> {
  const followers: Follower[] = [];
  for (const stored of bequests) {
    for (const generation of await liveGenerations(device, view, stored)) {
      const manifest = await readManifest(device, keys, view, { b: stored.b, g: generation.g });
      if (manifest !== null) followers.push({ b: stored.b, generation, manifest });
    }
  }
  return followers;
}

type Current = ReadonlyMap<Id, VerifiedDocument>;

function isBehind({ entries }: Manifest, current: Current): boolean {
  return entries.some((entry) => {
    const now = current.get(entry.docId)?.entry;
    return now !== undefined && keyOf(now) !== keyOf(entry);
  });
}

function keyOf({ verId, metaHash }: ManifestEntry): string {
  return `${verId}/${encodeBase64url(metaHash)}`;
}

/** Message and choice of documents are those of the newest list that the owner signed; only what each document is now changes. */
async function commitFollower(
  device: Device,
  keys: OwnerKeys,
  follower: Follower,
  { view, vault, current }: { readonly view: AccountView; readonly vault: Vault; readonly current: Current },
): Promise<void> {
  const { b, generation } = follower;
  const place = { b, g: generation.g };
  const recipients: AgeRecipient[] = [keys.keyring.ageRecipient, generation.bi];
  await commitManifest(device, keys, place, recipients, async (now) => {
    // Why: another device that was faster has withdrawn the headers of what it replaced; named here, nobody could open that.
    if (vaultManifestId(now) !== vaultManifestId(view)) throw new ChainMovedError();
    const { entries, message } = (await readManifest(device, keys, now, place)) ?? follower.manifest;
    const named = entries.map((entry) => current.get(entry.docId)?.entry ?? entry);
    const documentOf = ({ docId, verId }: ManifestEntry): VerifiedDocument | undefined => {
      const document = current.get(docId);
      return document?.info.ver === verId ? document : undefined;
    };
    return {
      entries: named,
      message,
      revOf: (entry) => documentOf(entry)?.rev ?? vault.revOf(entry),
      headerRevOf: (entry) => presentHeaderRev(documentOf(entry)),
      metadata: [],
    };
  });
}

/** Versions that bequests named until now and no live one names any more. */
function olderVersions(vault: Vault, replaced: readonly ManifestEntry[]): VerifiedDocument[] {
  const names = new Set(replaced.map(({ docId, verId }) => `${docId}/${verId}`));
  return [...vault.versions.values()].flat().filter(({ info }) => names.has(`${info.doc}/${info.ver}`));
}
