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
  StreamDecryptor,
} from "@afterkeep/formats";
import { decodeLeafList, objectLayout, SliceVerifier } from "@afterkeep/merkle";
import { type ByteSource, collectBytes, readParts } from "./bytes-source.ts";
import type { NativeCrypto } from "./native.ts";
import { nativeCrypto } from "#native";

/** What a server hands out about a document version. All of it is untrusted. */
export type StoredDocument = {
  readonly docId: Id;
  readonly verId: Id;
  readonly header: Uint8Array;
  readonly metadata: Uint8Array;
};

export type OpenedHeader = { readonly fileKey: Bytes; readonly metadata: DocumentMetadata };

/** Reads bytes [from, to) of the stored object. */
export type FetchRange = (from: number, to: number) => Promise<ByteSource>;

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
  const place = { account, docId: entry.docId, verId: entry.verId, rev: 0 };
  const metadata = decodeMetadata(fileKey, place, stored.metadata);
  if (metadata.payloadLen !== entry.payloadLen) throw new DecryptionError();
  return { fileKey, metadata };
}

export type OpenOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Payload bytes verified so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/**
 * The payload of a stored object as verified slices, still encrypted: each slice is compared with the leaf list, and the list with
 * the signed root, before one of its bytes is given out. Throws DecryptionError. Bytes behind the leaf list are padding and never read.
 */
export async function* verifiedPayload(
  entry: ManifestEntry,
  fetchRange: FetchRange,
  options: OpenOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const layout = objectLayout(entry.payloadLen);
  const list = await collectBytes(await fetchRange(layout.leavesOffset, layout.paddingOffset));
  const leaves = await openOrFail(() => decodeLeafList(list, entry.payloadLen));
  const { newSha256 } = await nativeCrypto();
  const verifier = new SliceVerifier(leaves, entry.payloadLen, entry.payloadRoot, newSha256);
  let done = 0;
  for await (const part of readParts(await fetchRange(0, entry.payloadLen), options.signal)) {
    for (const slice of verifier.push(part)) {
      done += slice.length;
      yield slice;
      options.onProgress?.(done);
    }
  }
  await openOrFail(() => verifier.finish());
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
  const native = await nativeCrypto();
  let decryptor: StreamDecryptor<Bytes | Promise<Bytes>> | null = null;
  for await (const slice of verifiedPayload(entry, fetchRange, options)) {
    const body = decryptor === null ? slice.subarray(payloadNonceLength) : slice;
    decryptor ??= startDecryptor(opened.fileKey, slice, native);
    yield* await Promise.all(decryptor.push(body));
  }
  if (decryptor === null) throw new DecryptionError();
  const last = await decryptor.finish();
  if (last.length > 0) yield last;
}

function startDecryptor(fileKey: Bytes, firstSlice: Uint8Array, native: NativeCrypto) {
  if (firstSlice.length < payloadNonceLength) throw new DecryptionError();
  return new StreamDecryptor(payloadKey(fileKey, firstSlice.subarray(0, payloadNonceLength)), native.openChunk);
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
