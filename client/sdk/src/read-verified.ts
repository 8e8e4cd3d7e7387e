import { DecryptionError } from "@afterkeep/crypto";
import { type FetchRange, openDocumentThumbnail, openRanges, streamOf } from "@afterkeep/sealing";
import { RefusedError } from "./errors.ts";
import type { DocumentInfo } from "./document-info.ts";
import { documentForged, type OpenedDocument, type RangeOf, refusing, type VerifiedDocument } from "./verify-rows.ts";

/** Plaintext bytes [from, to). */
export type ByteRange = { readonly from: number; readonly to: number; readonly signal?: AbortSignal | undefined };

/** A document that is open for reading it in any order, verified. Holds its leaf list: 32 bytes for each mebibyte. */
export type OpenedRanges = {
  readonly info: DocumentInfo;
  /** Throws RefusedError "not-possible". An error in the stream means: use nothing of it. */
  read(range: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>>;
};

export function openVerifiedRanges(document: VerifiedDocument, rangeOf: RangeOf): OpenedRanges {
  const { info, opened, entry } = document;
  const read = openRanges(opened, entry, (signal) => rangeOf(document, signal));
  return {
    info,
    read: ({ from, to, signal }) => {
      if (!(0 <= from && from <= to && to <= info.size) || !Number.isSafeInteger(from) || !Number.isSafeInteger(to))
        throw new RefusedError("not-possible", "The document has no such bytes.");
      return streamOf(refusing(read(from, to, { signal })));
    },
  };
}

/** Bytes [from, to) of a verified document, without the rest of it. Throws RefusedError "not-possible", "document-forged". */
export function openVerifiedRange(document: VerifiedDocument, rangeOf: RangeOf, range: ByteRange): OpenedDocument {
  return { info: document.info, stream: openVerifiedRanges(document, rangeOf).read(range) };
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
