import { type Bytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError, sha256 } from "@afterkeep/crypto";
import { type ManifestEntry, openThumbnail } from "@afterkeep/formats";
import { objectLayout } from "@afterkeep/merkle";
import { readExactly } from "./bytes-source.ts";
import type { OpenedHeader } from "./open-document.ts";
import type { FetchRange } from "./verified-slices.ts";

/**
 * The image that whoever sealed the document put beside it, or null for none. Reads nothing else of the object. Throws DecryptionError
 * unless the record is exactly the one that the signed metadata name.
 */
export async function openDocumentThumbnail(
  opened: OpenedHeader,
  entry: ManifestEntry,
  fetchRange: FetchRange,
): Promise<Bytes | null> {
  const { thumbnailLen, thumbnailHash } = opened.metadata;
  if (thumbnailHash === null) return null;
  const { thumbnailOffset, paddingOffset } = objectLayout(entry.payloadLen, thumbnailLen);
  const record = await readExactly(await fetchRange(thumbnailOffset, paddingOffset), thumbnailLen);
  if (!equalBytes(sha256(record), thumbnailHash)) throw new DecryptionError();
  const { docId, verId } = entry;
  return openThumbnail(opened.fileKey, { account: opened.account, docId, verId }, record);
}
