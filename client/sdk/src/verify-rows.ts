import { decodeBase64url, type Id, MalformedError, parseId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import type { AgeIdentity, ManifestEntry } from "@afterkeep/formats";
import {
  checkRows,
  type FetchRange,
  openDocument,
  type OpenedHeader,
  type OpenOptions,
  type StoredDocument,
  streamOf,
  type VerifiedRow,
} from "@afterkeep/sealing";
import { type DocumentInfo, documentInfo, type DocumentRow } from "./document-info.ts";
import { RefusedError } from "./errors.ts";

/** A document whose header and metadata hold against a signed manifest. */
export type VerifiedDocument = {
  readonly info: DocumentInfo;
  readonly entry: ManifestEntry;
  readonly opened: OpenedHeader;
  /** Of the present header, for replacing it. */
  readonly headerRev: number;
  /** Whether the present header opened it; else the one did that the owner confirmed last. */
  readonly isPresentHeader: boolean;
  /** Revision of the header that this device wrote itself in the same call; absent for every other one, whoever wrote it. */
  readonly writtenRev?: number;
  /** Revision of its metadata. */
  readonly rev: number;
};

/** What stands in a signed manifest: verified, or only named because its row is missing or damaged. */
export type VerifiedRows = { readonly documents: readonly VerifiedDocument[]; readonly damaged: readonly Id[] };

export type DownloadOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};
/** An error in the stream means: use nothing of it. */
export type OpenedDocument = { readonly info: DocumentInfo; readonly stream: ReadableStream<Uint8Array> };
export type RangeOf = (document: VerifiedDocument, signal: AbortSignal | undefined) => FetchRange;

/**
 * Verifies a server's rows against the entries of a signed manifest; see `checkRows`. A row without the form of one is as good as none. Where
 * its header opens nothing (a stolen session can write one), the header counts that the owner confirmed last.
 */
export async function verifyRows(
  account: Id,
  entries: readonly ManifestEntry[],
  rows: readonly DocumentRow[],
  identity: AgeIdentity,
): Promise<VerifiedRows> {
  const present = rows.flatMap((row) => storedOf(row, row.header, true));
  const confirmed = rows.flatMap((row) => storedOf(row, row.confirmedHeader, false));
  const { documents, damaged } = await checkRows(account, entries, [...present, ...confirmed], identity);
  return { documents: documents.map(verifiedDocument), damaged };
}

type StoredRow = StoredDocument & { readonly row: DocumentRow; readonly isPresentHeader: boolean };

function storedOf(row: DocumentRow, header: string, isPresentHeader: boolean): StoredRow[] {
  if (header === "") return [];
  try {
    const place = { docId: parseId(row.doc), verId: parseId(row.ver), rev: row.rev };
    const sealed = { header: decodeBase64url(header), metadata: decodeBase64url(row.metadata) };
    return [{ ...place, ...sealed, row, isPresentHeader }];
  } catch (error) {
    if (error instanceof MalformedError) return [];
    throw error;
  }
}

function verifiedDocument({ row: stored, entry, opened }: VerifiedRow<StoredRow>): VerifiedDocument {
  const { row, isPresentHeader, rev } = stored;
  return { info: documentInfo(row, opened.metadata), entry, opened, headerRev: row.headerRev, isPresentHeader, rev };
}

/** Opens a verified document over any way of reading its object. */
export function openVerified(document: VerifiedDocument, rangeOf: RangeOf, options: DownloadOptions): OpenedDocument {
  const range = rangeOf(document, options.signal);
  const plaintext = openDocument(document.opened, document.entry, range, openOptions(document, options));
  return { info: document.info, stream: streamOf(refusing(plaintext)) };
}

export function openOptions(document: VerifiedDocument, { signal, onProgress }: DownloadOptions): OpenOptions {
  // Why no worker threads: as in uploadParts.
  return { signal, workers: 0, onProgress: (done) => onProgress?.(done, document.entry.payloadLen) };
}

/** The same bytes; what does not verify is a refusal. */
export async function* refusing<T>(bytes: AsyncGenerator<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof DecryptionError) throw documentForged(error);
    throw error;
  }
}

export function documentForged(cause?: unknown): RefusedError {
  return new RefusedError(
    "document-forged",
    "A document from the server is not what its owner signed, or is withheld. It was not used.",
    {
      next: "Do not trust what this server shows until this is explained.",
      cause,
    },
  );
}
