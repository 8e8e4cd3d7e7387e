import { type Bytes, concatBytes, encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { type AgeRecipient, createHeader, newFileKey, recipientOf, sealPayload } from "@afterkeep/formats";
import {
  documentToSave,
  encodeReleaseFile,
  formatKeyFile,
  type SavedRow,
  savedPath,
  sealPassphraseFile,
  streamOf,
} from "@afterkeep/sealing";
import { bequestKeyText, namesText, readMeText } from "./bundle-texts.ts";
import { requireGoodPassphrase } from "./passphrase.ts";
import type { BundleSource, OpenedRelease } from "./release.ts";
import { refusing } from "./verify-rows.ts";

/** A folder that is being written. Paths have `/` between names. */
export type BundleSink = {
  /** Writes a whole file in place of one of that path. Complete and durable when it resolves; if it rejects, no such file is left. */
  writeFile(path: string, content: Uint8Array | ReadableStream<Uint8Array>): Promise<void>;
  /** Also where there is none. */
  removeFile(path: string): Promise<void>;
};

export type BundleOptions = {
  /** The page that opens the folder offline, `open.html`. */
  readonly opener: Uint8Array;
  /** Puts the recipient's key into the folder too, under this passphrase. Without, the folder opens with the key that they have. */
  readonly passphrase?: string;
  readonly signal?: AbortSignal;
  /** Payload bytes of all documents. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};

const releaseFile = "release.json";

/**
 * Saves a release as a folder that opens without any server (specs/release-bundle.md), each document verified while it is written. The
 * folder is complete when `release.json` is in it, which is written last; after an interruption it is saved again from the start.
 * Throws RefusedError "document-forged", PassphraseError.
 */
export async function saveBundle(
  { source }: Pick<OpenedRelease, "source">,
  sink: BundleSink,
  options: BundleOptions,
): Promise<void> {
  if (options.passphrase !== undefined) requireGoodPassphrase(options.passphrase, []);
  // Invariant: no complete-looking folder while files in it are being replaced.
  await sink.removeFile(releaseFile);
  await writeTexts(source, sink, options);
  const documents = await writeDocuments(source, sink, options);
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
  { released, rangeOf }: BundleSource,
  sink: BundleSink,
  { signal, onProgress }: BundleOptions,
): Promise<SavedRow[]> {
  const total = released.documents.reduce((sum, { entry }) => sum + entry.payloadLen, 0);
  const rows: SavedRow[] = [];
  let before = 0;
  for (const document of released.documents) {
    signal?.throwIfAborted();
    const progress = { signal, onProgress: (done: number) => onProgress?.(before + done, total) };
    const { bytes, row } = await documentToSave(document, rangeOf(document, signal), progress);
    await sink.writeFile(savedPath(row), streamOf(refusing(bytes)));
    rows.push(row);
    before += document.entry.payloadLen;
  }
  return rows;
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
