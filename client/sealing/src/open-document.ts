import { type Bytes, equalBytes, type Id, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  decodeMetadata,
  type DocumentMetadata,
  fkCommit,
  type ManifestEntry,
  metaHash,
  openHeader,
  payloadKey,
  payloadNonceLength,
} from "@afterkeep/formats";
import { cipherStream } from "./payload-stream.ts";
import { type FetchRange, type OpenOptions, verifiedPayload } from "./verified-slices.ts";
import { payloadEngine } from "#engine";

/** What a server hands out about a document version. All of it is untrusted. */
export type StoredDocument = {
  readonly docId: Id;
  readonly verId: Id;
  readonly header: Uint8Array;
  /** Which revision `metadata` claims to be; wrong for another one's bytes. */
  readonly rev: number;
  readonly metadata: Uint8Array;
};

export type OpenedHeader = { readonly account: Id; readonly fileKey: Bytes; readonly metadata: DocumentMetadata };

/**
 * Opens header and metadata of a stored document against its entry in a verified manifest.
 * Throws DecryptionError unless the header yields exactly the file key, and the metadata are exactly the ones, that the owner signed.
 */
export async function openDocumentHeader(
  account: Id,
  stored: StoredDocument,
  entry: ManifestEntry,
  identity: AgeIdentity,
): Promise<OpenedHeader> {
  if (stored.docId !== entry.docId || stored.verId !== entry.verId) throw new DecryptionError();
  if (!equalBytes(metaHash(stored.metadata), entry.metaHash)) throw new DecryptionError();
  const fileKey = await openOrFail(() => openHeader(stored.header, [identity]));
  if (fileKey === null || !equalBytes(fkCommit(fileKey, entry.docId, entry.verId), entry.fkCommit))
    throw new DecryptionError();
  const place = { account, docId: entry.docId, verId: entry.verId, rev: stored.rev };
  const metadata = decodeMetadata(fileKey, place, stored.metadata);
  if (metadata.payloadLen !== entry.payloadLen) throw new DecryptionError();
  return { account, fileKey, metadata };
}

/**
 * The plaintext of a stored object. What was yielded is authentic, but whole only when the generator ends without throwing: a
 * consumer keeps nothing of a file whose stream failed.
 */
export async function* openDocument(
  opened: OpenedHeader,
  entry: ManifestEntry,
  fetchRange: FetchRange,
  options: OpenOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  const engine = await payloadEngine(options.workers);
  const payload = verifiedPayload(entry, fetchRange, { ...options, isLent: true });
  const { done, value: first } = await payload.next();
  if (done === true || first.length < payloadNonceLength) throw new DecryptionError();
  const key = payloadKey(opened.fileKey, first.subarray(0, payloadNonceLength));
  const body = afterFirst(first.subarray(payloadNonceLength), payload);
  for await (const plain of cipherStream(body, { direction: "open", key, engine })) if (plain.length > 0) yield plain;
}

async function* afterFirst(
  first: Bytes,
  rest: AsyncGenerator<Bytes, void, undefined>,
): AsyncGenerator<Bytes, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    // Why: when nobody asked for the rest yet, leaving this generator alone would not end it, and the download would stay open.
    await rest.return();
  }
}

/** Malformed untrusted bytes are a failed opening like any other. */
async function openOrFail<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MalformedError) throw new DecryptionError();
    throw error;
  }
}
