import { type Bytes, expectLength, type Id, idBytes, MalformedError, type RandomSource } from "@afterkeep/bytes";
import { ctx, DecryptionError, hkdf, sha256, unwrap, wrap } from "@afterkeep/crypto";
import { fileKeyLength } from "./age-header.ts";
import { padContent, unpadContent } from "./padded.ts";
import { countField, type Field, jcsCodec, objectField, optionalBytesField, textField } from "./shape.ts";
import { payloadLength } from "./stream.ts";
import { maxSealedThumbnail } from "./thumbnail.ts";

/** Which metadata record: `rev` counts changes of the metadata of one version (a rename), from 0. */
export type MetadataPlace = {
  readonly account: Id;
  readonly docId: Id;
  readonly verId: Id;
  readonly rev: number;
};

/** `record`: named fields (a login, a card) as JSON, from a template. */
export type DocumentKind = "file" | "note" | "record";

/** What the owner and the recipients see of a document before opening it. */
export type DocumentMetadata = {
  readonly kind: DocumentKind;
  readonly name: string;
  /** Folder path with `/` between names, without a leading one; empty at the top. */
  readonly folder: string;
  readonly mediaType: string;
  /** Plaintext bytes. */
  readonly size: number;
  /** Payload bytes: where the leaf list begins in the stored object. */
  readonly payloadLen: number;
  /** When this version was sealed. */
  readonly createdMs: number;
  /** The file's own modification time. */
  readonly modifiedMs: number;
  /** Since when this version is the current one of its document: of several, the one with the greatest value is. */
  readonly currentMs: number;
  /** Bytes of the sealed thumbnail that follows the leaf list in the object; 0 for none. */
  readonly thumbnailLen: number;
  /** H(sealed thumbnail); null exactly for none. */
  readonly thumbnailHash: Bytes | null;
};

const kindField: Field<DocumentKind> = {
  encode: (kind) => kind,
  decode: (value) => {
    if (value !== "file" && value !== "note" && value !== "record") throw new MalformedError("document kind");
    return value;
  },
};

const metadataCodec = jcsCodec<DocumentMetadata>(
  objectField<DocumentMetadata>({
    kind: kindField,
    name: textField(1024),
    folder: textField(4096),
    mediaType: textField(256),
    size: countField(),
    payloadLen: countField(),
    createdMs: countField(),
    modifiedMs: countField(),
    currentMs: countField(),
    thumbnailLen: countField(maxSealedThumbnail),
    thumbnailHash: optionalBytesField(32),
  }),
  64 * 1024,
);

/**
 * The metadata record stored with a version: wrap(FK, ctx("meta", account, docId, verId, rev), same, padded JCS). Whoever can open
 * the document can read it; the store sees neither name nor true length.
 */
export function encodeMetadata(
  fileKey: Uint8Array,
  place: MetadataPlace,
  metadata: DocumentMetadata,
  random?: RandomSource,
): Bytes {
  if (!isConsistent(metadata)) throw new MalformedError("document metadata");
  const context = metadataContext(place);
  return wrap(expectFileKey(fileKey), context, context, padContent(metadataCodec.encode(metadata)), random);
}

/** Opens an untrusted metadata record. Throws DecryptionError unless it belongs to this key and place and is well formed. */
export function decodeMetadata(fileKey: Uint8Array, place: MetadataPlace, record: Uint8Array): DocumentMetadata {
  const context = metadataContext(place);
  const padded = unwrap(expectFileKey(fileKey), context, context, record);
  try {
    const metadata = metadataCodec.decode(unpadContent(padded));
    if (isConsistent(metadata)) return metadata;
  } catch {
    // Falls through: whoever holds the key wrote something that is not metadata; the reader can do nothing about it.
  }
  throw new DecryptionError();
}

function isConsistent({ payloadLen, size, thumbnailLen, thumbnailHash }: DocumentMetadata): boolean {
  return payloadLen === payloadLength(size) && (thumbnailHash === null) === (thumbnailLen === 0);
}

/** H(metadata record): what a manifest names. */
export function metaHash(record: Uint8Array): Bytes {
  return sha256(record);
}

/**
 * KDF(FK, verId, ctx("fk", docId), 32): lets a manifest name the one file key that a header must yield, without showing it.
 * Why: age does not bind a header to a payload; another header could yield another key and another reading.
 */
export function fkCommit(fileKey: Uint8Array, docId: Id, verId: Id): Bytes {
  return hkdf(expectFileKey(fileKey), idBytes(verId), ctx("fk", idBytes(docId)), 32);
}

function metadataContext(place: MetadataPlace): Bytes {
  return ctx("meta", idBytes(place.account), idBytes(place.docId), idBytes(place.verId), place.rev);
}

function expectFileKey(fileKey: Uint8Array): Uint8Array {
  return expectLength(fileKey, fileKeyLength, "file key");
}
