import type { AgeRecipient, Manifest, ManifestEntry } from "@afterkeep/formats";
import { encodeBase64url, type Id } from "@afterkeep/bytes";
import type { AccountView } from "@afterkeep/statements";
import { readBequests, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { ChainMovedError, ProblemError, RefusedError } from "./errors.ts";
import { rewriteHeaders, withdrawHeaders } from "./headers.ts";
import type { KnownGeneration } from "./labels.ts";
import { liveGenerations } from "./live-generations.ts";
import { commitManifest, readManifest } from "./manifest-commit.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { readVaultAt, type Vault, vaultManifestId } from "./vault.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

/** One that can still be released. */
type LiveGeneration = { readonly b: Id; readonly title: string; readonly generation: KnownGeneration };

/** With the newest list that was signed for it. */
type Follower = LiveGeneration & { readonly manifest: Manifest };

/**
 * Makes every live bequest name the current version of each of its documents, under its current name: headers first, so that no recipient
 * meets a document they cannot open, then one manifest for each. Done after each change of the vault, for whatever differs: a change
 * that broke off in between is made whole by the next one. Answers a refusal for each bequest that cannot follow because it names what is
 * gone from the vault; the change of the vault itself has happened all the same.
 */
export async function followVault(device: Device, keys: OwnerKeys): Promise<RefusedError[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await followOnce(device, keys);
    } catch (error) {
      if (!isMoved(error)) throw error;
      if (attempt >= 4) throw error instanceof ChainMovedError ? error : new ChainMovedError(error);
    }
  }
}

/** As followVault; throws the first refusal, once everybody who can has followed. */
export async function expectFollowed(device: Device, keys: OwnerKeys): Promise<void> {
  const [refusal] = await followVault(device, keys);
  if (refusal !== undefined) throw refusal;
}

/** Another device changed the vault, or follows at the same moment and was faster with a header. */
function isMoved(error: unknown): boolean {
  return error instanceof ChainMovedError || (error instanceof ProblemError && error.code === "header-changed");
}

async function followOnce(device: Device, keys: OwnerKeys): Promise<RefusedError[]> {
  const bequests = await readBequests(device, keys);
  if (bequests.every(({ label }) => label.generations.length === 0)) return [];
  const view = await readChain(device);
  const vault = await readVaultAt(device, keys, view);
  const current = new Map(vault.documents.map((one) => [one.info.doc, one]));
  const live = await readLive(device, view, bequests);
  const followers = await readFollowers(device, keys, view, live);
  const late = followers.filter(({ manifest }) => isBehind(manifest, current));
  const stuck = late.filter(({ manifest }) => !isNameable(manifest, vault, current));
  const behind = late.filter((follower) => !stuck.includes(follower));
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
  // Why again: the receipts of what was just signed may tell that the keyholder was put back, and earlier generations count again. They follow first.
  const known = new Set(live.map(({ generation }) => generation.bi));
  if (behind.length > 0 && (await readLive(device, view, bequests)).some(({ generation }) => !known.has(generation.bi)))
    throw new ChainMovedError();
  const kept = new Set(stuck.flatMap(({ manifest }) => manifest.entries).map(nameOf));
  await withdrawHeaders(
    device,
    keys,
    olderVersions(
      vault,
      replaced.filter((entry) => !kept.has(nameOf(entry))),
    ),
  );
  return [...new Set(stuck.map(({ title }) => title))].map(notFollowed);
}

function notFollowed(title: string): RefusedError {
  return new RefusedError(
    "bequest-not-followed",
    `Your bequest "${title}" names a document that is gone from your vault or damaged, so it did not follow this change.`,
    { next: "The change itself is done. Take that document out of the bequest, and save it." },
  );
}

async function readLive(
  device: Device,
  view: AccountView,
  bequests: readonly StoredBequest[],
): Promise<LiveGeneration[]> {
  const live: LiveGeneration[] = [];
  for (const stored of bequests)
    for (const generation of await liveGenerations(device, view, stored))
      live.push({ b: stored.b, title: stored.label.draft.title, generation });
  return live;
}

async function readFollowers(
  device: Device,
  keys: OwnerKeys,
  view: AccountView,
  live: readonly LiveGeneration[],
): Promise<Follower[]> {
  const followers: Follower[] = [];
  for (const one of live) {
    const manifest = await readManifest(device, keys, view, { b: one.b, g: one.generation.g });
    if (manifest !== null) followers.push({ ...one, manifest });
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

/** Whether a list can be signed anew: each entry as the vault has it now, or still there as it stands. */
function isNameable({ entries }: Manifest, vault: Vault, current: Current): boolean {
  const names = new Set(vault.entries.map(nameOf));
  return entries.every(
    (entry) => current.has(entry.docId) || (names.has(nameOf(entry)) && vault.revOf(entry) !== undefined),
  );
}

function nameOf({ docId, verId }: Pick<ManifestEntry, "docId" | "verId">): string {
  return `${docId}/${verId}`;
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
      headerRevOf: (entry) => documentOf(entry)?.writtenRev,
      metadata: [],
    };
  });
}

/** Versions that bequests named until now and no live one names any more. */
function olderVersions(vault: Vault, replaced: readonly ManifestEntry[]): VerifiedDocument[] {
  const names = new Set(replaced.map(nameOf));
  return [...vault.versions.values()].flat().filter(({ info }) => names.has(`${info.doc}/${info.ver}`));
}
