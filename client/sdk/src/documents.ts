import { decodeBase64url, type Id, MalformedError, parseId } from "@afterkeep/bytes";
import type { documentRow } from "@afterkeep/contracts";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type DocumentMetadata,
  generateIdentity,
  type Manifest,
  type ManifestEntry,
  recipientOf,
} from "@afterkeep/formats";
import {
  exportDocument,
  type FetchRange,
  openDocument,
  openDocumentHeader,
  type OpenedHeader,
  type OpenOptions,
  streamOf,
} from "@afterkeep/sealing";
import type { z } from "zod";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { ChainMovedError, RefusedError } from "./errors.ts";
import { readManifest, vaultPlace } from "./manifest-commit.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";

export type DocumentRow = z.infer<typeof documentRow>;

export type DocumentInfo = {
  readonly doc: Id;
  readonly ver: Id;
  readonly kind: "file" | "note" | "record";
  readonly name: string;
  readonly folder: string;
  readonly type: string;
  readonly size: number;
  readonly modified: number;
  readonly createdAt: number;
  readonly sealedBytes: number;
};

/** A document whose header and metadata hold against a signed manifest. */
export type VerifiedDocument = {
  readonly info: DocumentInfo;
  readonly entry: ManifestEntry;
  readonly opened: OpenedHeader;
  readonly headerRev: number;
};

export type DownloadOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};
/** An error in the stream means: use nothing of it. */
export type OpenedDocument = { readonly info: DocumentInfo; readonly stream: ReadableStream<Uint8Array> };

/** What stands in a signed manifest: verified, or only named because its row is missing or damaged. */
export type VerifiedRows = { readonly documents: readonly VerifiedDocument[]; readonly damaged: readonly Id[] };

/** Every document of the vault, each verified against the newest manifest that the owner signed. */
export async function readVault(device: Device): Promise<VerifiedRows> {
  const keys = await requireOwner(device);
  const manifest = await readNewestVault(device, keys);
  if (manifest === null) return { documents: [], damaged: [] };
  const rows = await fetchRows(device);
  return verifyRows(keys.account, manifest.entries, rows, keys.keyring.ageIdentity);
}

async function readNewestVault(device: Device, keys: OwnerKeys): Promise<Manifest | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readManifest(device, keys, await readChain(device), vaultPlace);
    } catch (error) {
      if (!(error instanceof ChainMovedError) || attempt >= 4) throw error;
    }
  }
}

export type DocumentList = {
  readonly documents: readonly DocumentInfo[];
  /** Documents that the owner signed for and the server withholds or changed. Their names are unknown. */
  readonly damaged: readonly Id[];
};

/** What of the vault verifies, and what does not. */
export async function listVault(device: Device): Promise<DocumentList> {
  const { documents, damaged } = await readVault(device);
  return { documents: documents.map(({ info }) => info), damaged };
}

/** Every document of the vault. Throws RefusedError "document-forged" if only one of them is missing or damaged. */
export async function listDocuments(device: Device): Promise<readonly DocumentInfo[]> {
  const { documents, damaged } = await listVault(device);
  if (damaged.length > 0) throw documentForged();
  return documents;
}

/** These documents, in this order. Nothing is left out: a damaged one refuses, because it would silently drop out of what is signed. */
export function chosenDocuments(vault: VerifiedRows, docs: readonly string[]): VerifiedDocument[] {
  return docs.map((doc) => {
    const found = vault.documents.find(({ info }) => info.doc === doc);
    if (found !== undefined) return found;
    if (vault.damaged.some((one) => one === doc)) throw documentForged();
    throw new RefusedError("draft-incomplete", "A document of this bequest is no longer in your vault.");
  });
}

async function findDocument(device: Device, doc: string): Promise<VerifiedDocument> {
  const { documents, damaged } = await readVault(device);
  const found = documents.find(({ info }) => info.doc === doc);
  if (found !== undefined) return found;
  if (damaged.some((one) => one === doc)) throw documentForged();
  throw new RefusedError("not-found", "There is no such document in your vault.");
}

/** Opens a document of the vault as a stream of verified plaintext. */
export async function openVaultDocument(
  device: Device,
  doc: string,
  options: DownloadOptions = {},
): Promise<OpenedDocument> {
  return openVerified(await findDocument(device, doc), ownerRange(device, doc), options);
}

export type AgeExport = {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes. */
  readonly length: number;
  /** The secret key that opens this file (and nothing else). */
  readonly identity: AgeIdentity;
  readonly fileName: string;
};

/** Exports a document as one standard age file that any age implementation opens with the identity beside it. */
export async function exportAge(
  device: Device,
  doc: string,
  options: DownloadOptions & { readonly kind: "hybrid" | "x25519"; readonly identity?: AgeIdentity },
): Promise<AgeExport> {
  const document = await findDocument(device, doc);
  const identity = options.identity ?? (await generateIdentity(options.kind));
  const fetchRange = ownerRange(device, doc)(document, options.signal);
  const progress = { random: device.random, ...openOptions(document, options) };
  const file = await exportDocument(document.opened, document.entry, await recipientOf(identity), fetchRange, progress);
  const bytes = refusing(file.bytes);
  return { stream: streamOf(bytes), length: file.length, identity, fileName: `${document.info.name}.age` };
}

/**
 * Verifies rows against the entries of a signed manifest. An entry without its row, or whose row differs, is damaged; surplus rows are not
 * looked at.
 */
export async function verifyRows(
  account: Id,
  entries: readonly ManifestEntry[],
  rows: readonly DocumentRow[],
  identity: AgeIdentity,
): Promise<VerifiedRows> {
  const byVersion = new Map(rows.map((row) => [`${row.doc}/${row.ver}`, row]));
  const documents: VerifiedDocument[] = [];
  const damaged: Id[] = [];
  for (const entry of entries) {
    const row = byVersion.get(`${entry.docId}/${entry.verId}`);
    const verified = row === undefined ? null : await verifyRow(account, entry, row, identity);
    if (verified === null) damaged.push(entry.docId);
    else documents.push(verified);
  }
  return { documents, damaged };
}

export type RangeOf = (document: VerifiedDocument, signal: AbortSignal | undefined) => FetchRange;

/** Opens a verified document over any way of reading its object. */
export function openVerified(document: VerifiedDocument, rangeOf: RangeOf, options: DownloadOptions): OpenedDocument {
  const range = rangeOf(document, options.signal);
  const plaintext = openDocument(document.opened, document.entry, range, openOptions(document, options));
  return { info: document.info, stream: streamOf(refusing(plaintext)) };
}

/** A range read of an object route. A server that ignores Range answers everything; that is not what was asked and is refused. */
export function rangeReader(
  device: Device,
  name: "getObject" | "getReleasedObject",
  params: Record<string, string>,
  signal: AbortSignal | undefined,
): FetchRange {
  return async (from, to) => {
    const response = await device.transport.download(name, params, { from, to }, signal);
    if (response.body === null || (response.status !== 206 && from !== 0)) throw documentForged();
    return response.body;
  };
}

function ownerRange(device: Device, doc: string): RangeOf {
  return (document, signal) => rangeReader(device, "getObject", { doc, ver: document.info.ver }, signal);
}

function openOptions(document: VerifiedDocument, { signal, onProgress }: DownloadOptions): OpenOptions {
  return { signal, onProgress: (done) => onProgress?.(done, document.entry.payloadLen) };
}

async function verifyRow(
  account: Id,
  entry: ManifestEntry,
  row: DocumentRow,
  identity: AgeIdentity,
): Promise<VerifiedDocument | null> {
  try {
    const stored = {
      docId: parseId(row.doc),
      verId: parseId(row.ver),
      header: decodeBase64url(row.header),
      rev: 0,
      metadata: decodeBase64url(row.metadata),
    };
    const opened = await openDocumentHeader(account, stored, entry, identity);
    return { info: infoOf(row, opened.metadata), entry, opened, headerRev: row.headerRev };
  } catch (error) {
    if (error instanceof DecryptionError || error instanceof MalformedError) return null;
    throw error;
  }
}

function infoOf(row: DocumentRow, metadata: DocumentMetadata): DocumentInfo {
  return {
    doc: parseId(row.doc),
    ver: parseId(row.ver),
    kind: metadata.kind,
    name: metadata.name,
    folder: metadata.folder,
    type: metadata.mediaType,
    size: metadata.size,
    modified: metadata.modifiedMs,
    createdAt: metadata.createdMs,
    sealedBytes: row.objectLen,
  };
}

async function* refusing<T>(bytes: AsyncGenerator<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof DecryptionError) throw documentForged(error);
    throw error;
  }
}

async function fetchRows(device: Device): Promise<DocumentRow[]> {
  const rows: DocumentRow[] = [];
  for (let after = "", isMore = true; isMore;) {
    const page = await device.transport.call("listDocuments", { query: { after } });
    rows.push(...page.documents);
    after = page.documents.at(-1)?.doc ?? "";
    isMore = page.more && after !== "";
  }
  return rows;
}

function documentForged(cause?: unknown): RefusedError {
  return new RefusedError(
    "document-forged",
    "A document from the server is not what its owner signed, or is withheld. It was not used.",
    {
      next: "Do not trust what this server shows until this is explained.",
      cause,
    },
  );
}
