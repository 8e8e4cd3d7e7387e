import { decodeBase64url, encodeBase64url, MalformedError } from "@afterkeep/bytes";
import { type ManifestEntry, metaHash } from "@afterkeep/formats";
import type { DocumentRow } from "./document-info.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

/**
 * Finds the revision of the metadata that an entry names: the one that hashes to what the entry says. For an entry of the list that the rows
 * answer, a damaged row's own word counts; for any other entry nobody knows then.
 */
export function revisionsOf(
  entries: readonly ManifestEntry[],
  rows: readonly DocumentRow[],
  documents: readonly VerifiedDocument[],
): (entry: ManifestEntry) => number | undefined {
  const verified = new Map(documents.map(({ entry, rev }) => [keyOf(entry), rev]));
  const answered = new Set(entries.map(keyOf));
  const offered = new Map<string, DocumentRow[]>();
  for (const row of rows) {
    const name = `${row.doc}/${row.ver}`;
    offered.set(name, [...(offered.get(name) ?? []), row]);
  }
  return (entry) => {
    const known = verified.get(keyOf(entry));
    if (known !== undefined) return known;
    const ofVersion = offered.get(`${entry.docId}/${entry.verId}`) ?? [];
    const found = ofVersion.find((row) => hashOf(row) === encodeBase64url(entry.metaHash));
    if (found !== undefined) return found.rev;
    return answered.has(keyOf(entry)) && ofVersion.length === 1 ? ofVersion[0]?.rev : undefined;
  };
}

function keyOf({ docId, verId, metaHash: hash }: ManifestEntry): string {
  return `${docId}/${verId}/${encodeBase64url(hash)}`;
}

function hashOf({ metadata }: DocumentRow): string {
  try {
    return encodeBase64url(metaHash(decodeBase64url(metadata)));
  } catch (error) {
    if (error instanceof MalformedError) return "";
    throw error;
  }
}
