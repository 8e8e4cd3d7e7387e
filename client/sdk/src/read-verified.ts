import { DecryptionError } from "@afterkeep/crypto";
import { type FetchRange, openDocumentThumbnail, openRange, streamOf } from "@afterkeep/sealing";
import { RefusedError } from "./errors.ts";
import { documentForged, type OpenedDocument, refusing, type VerifiedDocument } from "./verify-rows.ts";

/** Plaintext bytes [from, to). */
export type ByteRange = { readonly from: number; readonly to: number; readonly signal?: AbortSignal | undefined };

/** Bytes [from, to) of a verified document, without the rest of it. Throws RefusedError "not-possible", "document-forged". */
export function openVerifiedRange(
  { info, opened, entry }: VerifiedDocument,
  fetchRange: FetchRange,
  { from, to, signal }: ByteRange,
): OpenedDocument {
  if (!(0 <= from && from <= to && to <= info.size) || !Number.isSafeInteger(from) || !Number.isSafeInteger(to))
    throw new RefusedError("not-possible", "The document has no such bytes.");
  return { info, stream: streamOf(refusing(openRange(opened, entry, fetchRange, from, to, { signal }))) };
}

/** The small picture that was sealed beside a document, or null. Its bytes are an image that the owner's own client chose. */
export async function readVerifiedThumbnail(
  { opened, entry }: VerifiedDocument,
  fetchRange: FetchRange,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await openDocumentThumbnail(opened, entry, fetchRange);
  } catch (error) {
    if (error instanceof DecryptionError) throw documentForged(error);
    throw error;
  }
}
