import { type Bytes, concatBytes, encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { type AgeRecipient, createHeader, newFileKey, recipientOf, sealPayload } from "@afterkeep/formats";
import {
  documentToSave,
  encodeReleaseFile,
  formatKeyFile,
  type OpenOptions,
  type SavedRow,
  savedPath,
  savedRowOf,
  sealPassphraseFile,
  streamOf,
} from "@afterkeep/sealing";
import { type BundleSink, releaseFile } from "./bundle-sink.ts";
import { bequestKeyText, namesText, readMeText } from "./bundle-texts.ts";
import { requireNothingLost } from "./earlier-copy.ts";
import { requireGoodPassphrase } from "./passphrase.ts";
import type { BundleSource, OpenedRelease } from "./release.ts";
import { refusing } from "./verify-rows.ts";

export type BundleOptions = {
  /** The page that opens the folder offline, `open.html`. */
  readonly opener: Uint8Array;
  /** Puts the recipient's key into the folder too, under this passphrase. Without, the folder opens with the key that they have. */
  readonly passphrase?: string;
  readonly signal?: AbortSignal;
  /** Payload bytes of all documents. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};

/**
 * Saves a release as a folder that opens without any server (specs/release-bundle.md), each document verified while it is written. The
 * folder is complete when `release.json` is in it, which is written last. Saved again, documents stay that are there and whole, and an
 * earlier copy opens until the new one is complete. Throws RefusedError "document-forged", "not-possible" where the folder holds another
 * release or more of this one, PassphraseError.
 */
export async function saveBundle(
  { source }: Pick<OpenedRelease, "source">,
  sink: BundleSink,
  options: BundleOptions,
): Promise<void> {
  if (options.passphrase !== undefined) requireGoodPassphrase(options.passphrase, []);
  await requireNothingLost(source, sink);
  // Invariant: whatever release.json is there, every document that it names is there as it says, at every moment.
  const documents = await writeDocuments(source, sink, options);
  await writeTexts(source, sink, options);
  await sink.writeFile(releaseFile, encodeReleaseFile(releaseFileOf(source, documents)));
}

async function writeTexts(source: BundleSource, sink: BundleSink, options: BundleOptions): Promise<void> {
  const { place } = source.request;
  const { identity, message, documents } = source.released;
  const { passphrase } = options;
  await sink.writeFile("READ-ME.txt", encodeUtf8(readMeText({ hasPassphrase: passphrase !== undefined })));
  await sink.writeFile("open.html", options.opener);
  const bequestKey = await recipientOf(identity);
  await sink.writeFile("key.age", await sealText(place.recipient, bequestKeyText(identity)));
  await sink.writeFile("names.age", await sealText(bequestKey, namesText(documents)));
  if (message !== "") await sink.writeFile("message.age", await sealText(bequestKey, message));
  if (passphrase === undefined) await sink.removeFile("identity.age");
  else await sink.writeFile("identity.age", await sealPassphraseFile(keyFileOf(source), passphrase));
}

async function writeDocuments(
  source: BundleSource,
  sink: BundleSink,
  { signal, onProgress }: BundleOptions,
): Promise<SavedRow[]> {
  const { released } = source;
  const total = released.documents.reduce((sum, { entry }) => sum + entry.payloadLen, 0);
  const rows: SavedRow[] = [];
  let before = 0;
  for (const document of released.documents) {
    signal?.throwIfAborted();
    const progress = { signal, onProgress: (done: number) => onProgress?.(before + done, total) };
    const kept = await rowOfKept(source, sink, document, signal);
    rows.push(kept ?? (await writeDocument(source, sink, document, progress)));
    before += document.entry.payloadLen;
    onProgress?.(before, total);
  }
  return rows;
}

type Document = BundleSource["released"]["documents"][number];

/** A document that an earlier saving left whole; null where it must be written. */
async function rowOfKept(
  { request: { place }, released: { identity } }: BundleSource,
  sink: BundleSink,
  document: Document,
  signal: AbortSignal | undefined,
): Promise<SavedRow | null> {
  const file = await sink.readFile(savedPath(document.row));
  if (file === null) return null;
  try {
    return await savedRowOf(document, file, { account: place.account, identity, signal });
  } catch {
    // What a worn disk does not read any more is written anew.
    signal?.throwIfAborted();
    return null;
  }
}

async function writeDocument(
  { rangeOf }: BundleSource,
  sink: BundleSink,
  document: Document,
  options: OpenOptions,
): Promise<SavedRow> {
  const { bytes, row } = await documentToSave(document, rangeOf(document, options.signal), options);
  await sink.writeFile(savedPath(row), streamOf(refusing(bytes)));
  return row;
}

function releaseFileOf({ request, now }: BundleSource, documents: readonly SavedRow[]) {
  const { place, decisionId, keyholder, chain, ownerKey, answers } = request;
  const { release, grant, outer, path, manifests } = answers;
  return {
    format: "afterkeep-release-1" as const,
    ...place,
    decisionId,
    ownerKey: new Uint8Array(ownerKey),
    keyholder: { publicKey: new Uint8Array(keyholder.publicKey), mode: keyholder.mode },
    savedAt: now(),
    ...{ release, grant, outer, path, manifests },
    chain,
    documents,
  };
}

function keyFileOf({ request: { identity, place, ownerKey } }: BundleSource): string {
  const { account, r, recipient } = place;
  return formatKeyFile({ identity, recipient, account, r, ownerKey: encodeBase64url(ownerKey) });
}

/** One age file to one hybrid key, of any length. */
async function sealText(recipient: AgeRecipient, text: string): Promise<Bytes> {
  const fileKey = newFileKey();
  const header = await createHeader(fileKey, [recipient], { pad: "exact" });
  return concatBytes(header, sealPayload(fileKey, encodeUtf8(text)));
}
