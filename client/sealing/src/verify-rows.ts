import { equalBytes, type Id, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { type AgeIdentity, type ManifestEntry, metaHash } from "@afterkeep/formats";
import { openDocumentHeader, type OpenedHeader, type StoredDocument } from "./open-document.ts";

/** A stored document whose header and metadata hold against a signed manifest. */
export type VerifiedRow<R extends StoredDocument> = {
  readonly row: R;
  readonly entry: ManifestEntry;
  readonly opened: OpenedHeader;
};

/** What stands in a signed manifest: verified, or only named because its row is missing or damaged. */
export type CheckedRows<R extends StoredDocument> = {
  readonly documents: readonly VerifiedRow<R>[];
  readonly damaged: readonly Id[];
};

/**
 * Verifies untrusted rows against the entries of a signed manifest. An entry without its row, or whose row differs, is damaged; surplus
 * rows are not looked at. Of several rows of one version the first one counts whose metadata the entry names and whose header opens.
 */
export async function checkRows<R extends StoredDocument>(
  account: Id,
  entries: readonly ManifestEntry[],
  rows: readonly R[],
  identity: AgeIdentity,
): Promise<CheckedRows<R>> {
  const byVersion = new Map<string, R[]>();
  for (const row of rows) {
    const name = `${row.docId}/${row.verId}`;
    const same = byVersion.get(name);
    if (same === undefined) byVersion.set(name, [row]);
    else same.push(row);
  }
  const documents: VerifiedRow<R>[] = [];
  const damaged: Id[] = [];
  for (const entry of entries) {
    const offered = byVersion.get(`${entry.docId}/${entry.verId}`) ?? [];
    const found = await firstThatOpens(account, entry, offered, identity);
    if (found === null) damaged.push(entry.docId);
    else documents.push(found);
  }
  return { documents, damaged };
}

async function firstThatOpens<R extends StoredDocument>(
  account: Id,
  entry: ManifestEntry,
  offered: readonly R[],
  identity: AgeIdentity,
): Promise<VerifiedRow<R> | null> {
  for (const row of offered) {
    if (!equalBytes(metaHash(row.metadata), entry.metaHash)) continue;
    const opened = await openOrNull(account, row, entry, identity);
    if (opened !== null) return { row, entry, opened };
  }
  return null;
}

async function openOrNull(
  account: Id,
  row: StoredDocument,
  entry: ManifestEntry,
  identity: AgeIdentity,
): Promise<OpenedHeader | null> {
  try {
    return await openDocumentHeader(account, row, entry, identity);
  } catch (error) {
    if (error instanceof DecryptionError || error instanceof MalformedError) return null;
    throw error;
  }
}
