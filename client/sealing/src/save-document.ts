import { encodeLeafList, sliceCount } from "@afterkeep/merkle";
import type { StoredDocument } from "./open-document.ts";
import type { SavedRow } from "./release-file.ts";
import type { VerifiedRow } from "./verify-rows.ts";
import { fetchLeaves, type FetchRange, type OpenOptions, verifiedSlices } from "./verified-slices.ts";

/** A document on its way into a saved release: its plain age file, and its row for `release.json`. */
export type DocumentToSave = { readonly bytes: AsyncGenerator<Uint8Array, void, undefined>; readonly row: SavedRow };

/**
 * Header ‖ payload exactly as they are stored, the padding left out. Each slice is given out only after it was compared with the signed
 * root; what was written is whole only when the generator ends without throwing. Throws DecryptionError.
 */
export async function documentToSave(
  { row, entry }: VerifiedRow<StoredDocument>,
  fetchRange: FetchRange,
  options: OpenOptions = {},
): Promise<DocumentToSave> {
  const { docId, verId, rev, metadata, header } = row;
  const leaves = await fetchLeaves(entry, fetchRange);
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    yield header;
    yield* verifiedSlices(entry, leaves, fetchRange, [0, sliceCount(entry.payloadLen)], options);
  }
  const saved = { docId, verId, rev, metadata, headerLen: header.length, leaves: encodeLeafList(leaves) };
  return { bytes: bytes(), row: saved };
}
