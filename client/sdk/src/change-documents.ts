import { encodeUtf8, type Id } from "@afterkeep/bytes";
import { type AccountView, isDisarmed, latestPolicy } from "@afterkeep/statements";
import { readBequests, type StoredBequest } from "./bequests.ts";
import type { Device } from "./device.ts";
import type { DocumentInfo } from "./document-info.ts";
import { RefusedError } from "./errors.ts";
import { expectFollowed } from "./follow-bequests.ts";
import { hearBeforeDropping, liveGenerations } from "./live-generations.ts";
import { readManifest } from "./manifest-commit.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { chosenDocuments, findInVault, readVault } from "./vault.ts";
import { commitVault, reviseMetadata, type VaultChange } from "./vault-commit.ts";

export type DocumentChange = {
  readonly doc: string;
  readonly name?: string | undefined;
  /** `a/b` without slashes at the ends; empty at the top. */
  readonly folder?: string | undefined;
};

/**
 * Renames and moves documents, all of them or none: new metadata for their current versions, one manifest of the vault, and one for each live
 * bequest that holds any of them. No byte of their contents moves.
 */
export async function changeDocuments(device: Device, changes: readonly DocumentChange[]): Promise<DocumentInfo[]> {
  const keys = await requireOwner(device);
  changes.forEach(expectNameable);
  expectDistinct(changes.map(({ doc }) => doc));
  const docs = changes.map(({ doc }) => doc);
  const before = await readVault(device);
  const isAny = changes.some((change) => isChanged(findInVault(before, change.doc).info, change));
  if (isAny) await commitChanges(device, keys, changes);
  // Why even where nothing changed: an attempt before this one may have ended between the vault and the bequests.
  await expectFollowed(device, keys);
  return chosenDocuments(await readVault(device), docs).map(({ info }) => info);
}

async function commitChanges(device: Device, keys: OwnerKeys, changes: readonly DocumentChange[]): Promise<void> {
  await commitVault(device, keys, (vault): VaultChange => {
    const changed = changes.flatMap((change) => {
      const found = findInVault(vault, change.doc);
      return isChanged(found.info, change) ? [{ found, change }] : [];
    });
    return {
      removed: new Set(changed.map(({ found }) => found.entry)),
      added: changed.map(({ found, change: { name = found.info.name, folder = found.info.folder } }) =>
        reviseMetadata(found, { name, folder }, device.random),
      ),
    };
  });
}

/**
 * Removes documents with all their versions from the vault, all of them or none. Throws RefusedError "document-in-bequest" while a live bequest
 * holds one. A damaged document can be removed too.
 */
export async function removeDocuments(device: Device, docs: readonly string[]): Promise<void> {
  const keys = await requireOwner(device);
  expectDistinct(docs);
  if (docs.length === 0) return;
  const wanted = new Set<string>(docs);
  await commitVault(device, keys, async (vault, view) => {
    // Why here: what is signed meanwhile, an arming above all, moves the chain, and then this is asked again.
    await expectInNoBequest(device, keys, view, wanted);
    const isSetting = (doc: string) => vault.settings?.info.doc === doc;
    const removed = vault.entries.filter(({ docId }) => wanted.has(docId) && !isSetting(docId));
    if (new Set(removed.map(({ docId }) => docId)).size !== wanted.size)
      throw new RefusedError("not-found", "There is no such document in your vault.");
    return { removed: new Set(removed), added: [] };
  });
}

async function expectInNoBequest(
  device: Device,
  keys: OwnerKeys,
  view: AccountView,
  docs: ReadonlySet<string>,
): Promise<void> {
  const isPlanned = ({ b }: StoredBequest) => latestPolicy(view, b) !== null && !isDisarmed(view, b);
  const planned = (await readBequests(device, keys)).filter(isPlanned);
  await expectHeldByNone(device, keys, view, planned, docs);
  // Why only then: what is refused anyway signs nothing, and refuses nobody who asks.
  if (await hearBeforeDropping(device, view, planned, "Nothing was removed"))
    await expectHeldByNone(device, keys, view, planned, docs);
}

async function expectHeldByNone(
  device: Device,
  keys: OwnerKeys,
  view: AccountView,
  bequests: readonly StoredBequest[],
  docs: ReadonlySet<string>,
): Promise<void> {
  for (const stored of bequests) {
    if (!(await heldDocuments(device, keys, view, stored)).some((doc) => docs.has(doc))) continue;
    throw new RefusedError(
      "document-in-bequest",
      `Your bequest "${stored.label.draft.title}" leaves this to somebody.`,
      {
        next: "Take it out of the bequest first, or disarm the bequest. Nothing was removed.",
      },
    );
  }
}

/** Why also what was signed: a change of a bequest that broke off has written its plan, and its list still names what it named before. */
async function heldDocuments(device: Device, keys: OwnerKeys, view: AccountView, stored: StoredBequest): Promise<Id[]> {
  const held: Id[] = [];
  for (const { g, documents } of await liveGenerations(device, view, stored)) {
    const manifest = await readManifest(device, keys, view, { b: stored.b, g });
    held.push(...documents, ...(manifest?.entries ?? []).map(({ docId }) => docId));
  }
  return held;
}

const maxNameBytes = 1024;
const maxFolderBytes = 4096;

/** Throws unless a name and a folder can be sealed as they are. */
export function expectNameable({
  name,
  folder,
}: {
  readonly name?: string | undefined;
  readonly folder?: string | undefined;
}): void {
  const isName = name === undefined || (name.trim() !== "" && encodeUtf8(name).length <= maxNameBytes);
  const names = folder === undefined || folder === "" ? [] : folder.split("/");
  const isFolder = names.every((one) => one.trim() !== "") && encodeUtf8(folder ?? "").length <= maxFolderBytes;
  if (isName && isFolder) return;
  throw new RefusedError(
    "not-possible",
    isName ? "A folder cannot be called that." : "A document cannot be called that.",
    {
      next: "Give it a shorter name, with something visible in it.",
    },
  );
}

function isChanged(info: DocumentInfo, { name = info.name, folder = info.folder }: DocumentChange): boolean {
  return name !== info.name || folder !== info.folder;
}

function expectDistinct(docs: readonly string[]): void {
  if (new Set(docs).size !== docs.length) throw new RefusedError("not-possible", "A document is named twice.");
}
