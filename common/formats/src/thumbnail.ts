import { type Bytes, type Id, idBytes, MalformedError, type RandomSource } from "@afterkeep/bytes";
import { ctx, DecryptionError, unwrap, wrap } from "@afterkeep/crypto";
import { padContent, unpadContent } from "./padded.ts";

/** A small picture of a document: bytes of its image file at most. */
export const maxThumbnail = 48 * 1024;
/** Bytes of the sealed record at most: Padmé adds less than 12 %, the wrap 80. */
export const maxSealedThumbnail = 56 * 1024;

type Place = { readonly account: Id; readonly docId: Id; readonly verId: Id };

/** wrap(FK, ctx("thumbnail", account, docId, verId), same, padded image). Throws MalformedError if it is empty or too large. */
export function sealThumbnail(fileKey: Uint8Array, place: Place, image: Uint8Array, random?: RandomSource): Bytes {
  if (image.length === 0 || image.length > maxThumbnail) throw new MalformedError("thumbnail");
  const context = thumbnailContext(place);
  return wrap(fileKey, context, context, padContent(image), random);
}

/** Opens an untrusted record. Throws DecryptionError. The bytes are an image that whoever sealed the document chose. */
export function openThumbnail(fileKey: Uint8Array, place: Place, record: Uint8Array): Bytes {
  const context = thumbnailContext(place);
  const padded = unwrap(fileKey, context, context, record);
  try {
    return unpadContent(padded);
  } catch (error) {
    if (error instanceof MalformedError) throw new DecryptionError();
    throw error;
  }
}

function thumbnailContext({ account, docId, verId }: Place): Bytes {
  return ctx("thumbnail", idBytes(account), idBytes(docId), idBytes(verId));
}
