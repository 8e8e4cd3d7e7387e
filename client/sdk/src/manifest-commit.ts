import { type Bytes, decodeBase64url, encodeBase64url, type Id, nilId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type AgeRecipient,
  type Manifest,
  type ManifestEntry,
  manifestHash,
  openManifest,
  sealManifest,
  sortEntries,
} from "@afterkeep/formats";
import { type AccountView, newestManifest } from "@afterkeep/statements";
import { readChain } from "./chain.ts";
import { type ControlResult, submitControl } from "./control.ts";
import type { Device } from "./device.ts";
import { ChainMovedError, ProblemError, RefusedError } from "./errors.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

export type ManifestPlace = { readonly b: Id; readonly g: number };
export const vaultPlace: ManifestPlace = { b: nilId, g: 0 };

/**
 * The newest manifest of the vault or of a bequest, verified against the owner's own signed chain; null if none was ever signed.
 * Throws RefusedError "manifest-older" if the server shows another one than the newest, ChainMovedError if there is a newer one by now.
 */
export async function readManifest(
  device: Device,
  keys: OwnerKeys,
  view: AccountView,
  place: ManifestPlace,
): Promise<Manifest | null> {
  const signed = newestManifest(view, place.b, place.g);
  if (signed === null) return null;
  const file = await fetchBody(device, place);
  const expected = { hash: decodeBase64url(signed.manifestHash), account: keys.account, ...place };
  if (file === null || encodeBase64url(manifestHash(file)) !== signed.manifestHash)
    throw await notThisOne(device, signed.id, place);
  try {
    return await openManifest(keys.keyring.ageIdentity, file, expected);
  } catch (error) {
    if (error instanceof DecryptionError) throw olderManifest(error);
    throw error;
  }
}

/** A metadata record that the server does not have yet: revision `rev` of a version. */
export type MetadataRevision = {
  readonly docId: Id;
  readonly verId: Id;
  readonly rev: number;
  readonly metadata: Bytes;
};

export type ManifestContent = {
  readonly entries: readonly ManifestEntry[];
  readonly message: string;
  /** Which revision of its metadata an entry names; what it hashes to stands in the entry. undefined where nobody knows: then nothing is signed. */
  readonly revOf: (entry: ManifestEntry) => number | undefined;
  /**
   * Which revision of its header the signer just wrote and thereby confirms; undefined for none. Why not one that merely opens: a stolen session
   * can put back an older one, which opens for the owner and lacks what was shared since.
   */
  readonly headerRevOf: (entry: ManifestEntry) => number | undefined;
  /** New revisions, each named by an entry. At most 10,000. */
  readonly metadata: readonly MetadataRevision[];
};

/** What a manifest says of verified documents as they are. */
export function contentOf(documents: readonly VerifiedDocument[], message: string): ManifestContent {
  const known = new Map(documents.map((document) => [document.entry, document]));
  return {
    entries: documents.map(({ entry }) => entry),
    message,
    revOf: (entry) => known.get(entry)?.rev,
    headerRevOf: (entry) => known.get(entry)?.writtenRev,
    metadata: [],
  };
}

/**
 * Signs and commits the next manifest of a place. `makeContent` decides on the verified chain that it is signed at, and is asked again if
 * another device was faster.
 */
export function commitManifest(
  device: Device,
  keys: OwnerKeys,
  place: ManifestPlace,
  recipients: readonly AgeRecipient[],
  makeContent: (view: AccountView) => ManifestContent | Promise<ManifestContent>,
): Promise<ControlResult> {
  let sealed: { readonly file: Uint8Array; readonly mseq: number; readonly content: ManifestContent } | null = null;
  const makeStatement = async (view: AccountView) => {
    const signed = newestManifest(view, place.b, place.g);
    const content = await makeContent(view);
    const mseq = (signed?.mseq ?? 0) + 1;
    const file = await sealManifest(recipients, {
      account: keys.account,
      ...place,
      mseq,
      prev: signed === null ? null : decodeBase64url(signed.manifestHash),
      entries: sortEntries(content.entries),
      message: content.message,
    });
    sealed = { file, mseq, content };
    return { ...place, mseq, manifestHash: encodeBase64url(manifestHash(file)) };
  };
  return submitControl(device, keys, "manifest", makeStatement, {
    callOf: (statement) => {
      if (sealed === null) throw new RefusedError("manifest-missing", "There is no manifest to send.");
      const { file, mseq, content } = sealed;
      const body = { ...place, mseq, body: encodeBase64url(file), statement, ...wireOf(content) };
      return { name: "commitManifest", body };
    },
  });
}

function wireOf({ entries, revOf, headerRevOf, metadata }: ManifestContent) {
  return {
    entries: sortEntries(entries).map((entry) => {
      const headerRev = headerRevOf(entry);
      const named = { doc: entry.docId, ver: entry.verId, rev: knownRev(revOf(entry)) };
      return headerRev === undefined ? named : { ...named, headerRev };
    }),
    metadata: metadata.map((one) => ({
      doc: one.docId,
      ver: one.verId,
      rev: one.rev,
      metadata: encodeBase64url(one.metadata),
    })),
  };
}

/** Why never a guess: under another revision than the signed one, the document could not be read any more. */
function knownRev(rev: number | undefined): number {
  if (rev !== undefined) return rev;
  throw new RefusedError("document-forged", "The server withholds a document, so no list that names it was signed.", {
    next: "Ask whoever runs the server. To go on without it, remove the damaged document.",
  });
}

async function fetchBody(device: Device, { b, g }: ManifestPlace): Promise<Uint8Array | null> {
  try {
    const stored = await device.transport.call("getManifest", { params: { b }, query: { g } });
    return stored.b === b && stored.g === g ? decodeBase64url(stored.body) : null;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

/** Between reading the chain and reading the list another device may have signed a newer one; only the chain can tell that from a lie. */
async function notThisOne(device: Device, signedId: string, { b, g }: ManifestPlace): Promise<RefusedError> {
  const now = newestManifest(await readChain(device), b, g);
  return now?.id === signedId ? olderManifest() : new ChainMovedError();
}

function olderManifest(cause?: unknown): RefusedError {
  return new RefusedError("manifest-older", "The server does not show the newest list of documents that you signed.", {
    next: "It may have been restored from a backup. Nothing was changed; ask whoever runs it.",
    cause,
  });
}
