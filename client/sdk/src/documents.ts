import { type AgeIdentity, generateIdentity, recipientOf } from "@afterkeep/formats";
import { exportDocument, type FetchRange, streamOf } from "@afterkeep/sealing";
import type { Device } from "./device.ts";
import type { DocumentInfo } from "./document-info.ts";
import type { Id } from "@afterkeep/bytes";
import { rangeReader } from "./object-range.ts";
import { requireOwner } from "./owner.ts";
import {
  type ByteRange,
  type OpenedRanges,
  openVerifiedRange,
  openVerifiedRanges,
  readVerifiedThumbnail,
} from "./read-verified.ts";
import { rememberedVersion } from "./remembered-versions.ts";
import { findInVault, readVault } from "./vault.ts";
import {
  documentForged,
  type DownloadOptions,
  type OpenedDocument,
  openOptions,
  openVerified,
  type RangeOf,
  refusing,
  type VerifiedDocument,
} from "./verify-rows.ts";

export type DocumentList = {
  /** The current version of each document. */
  readonly documents: readonly DocumentInfo[];
  /** Documents that the owner signed for and of which the server withholds or changed something. */
  readonly damaged: readonly Id[];
};

/** Which version; the current one where it is absent. */
export type VersionChoice = { readonly ver?: string | undefined };

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

/** Opens a document of the vault as a stream of verified plaintext. */
export async function openVaultDocument(
  device: Device,
  doc: string,
  options: DownloadOptions & VersionChoice = {},
): Promise<OpenedDocument> {
  const found = findInVault(await readVault(device), doc, options.ver);
  return openVerified(found, ownerRange(device), options);
}

export type RangeOptions = VersionChoice & ByteRange;

/**
 * Opens bytes [from, to) of a document, verified, without the rest of it. A named version that was listed before
 * costs nothing but the range.
 */
export async function openDocumentRange(device: Device, doc: string, options: RangeOptions): Promise<OpenedDocument> {
  const found = await findListed(device, doc, options.ver);
  return openVerifiedRange(found, ownerRange(device), options);
}

/** Opens a document for a player, which reads here and there of it. */
export async function openDocumentRanges(
  device: Device,
  doc: string,
  options: VersionChoice = {},
): Promise<OpenedRanges> {
  return openVerifiedRanges(await findListed(device, doc, options.ver), ownerRange(device));
}

/** The small picture that was sealed beside a document, or null. Its bytes are an image that the owner's own client chose. */
export async function readThumbnail(
  device: Device,
  doc: string,
  options: VersionChoice & { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer> | null> {
  const found = await findListed(device, doc, options.ver);
  return readVerifiedThumbnail(found, ownerRange(device)(found, options.signal));
}

export type AgeExport = {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes. */
  readonly length: number;
  /** The secret key that opens this file (and nothing else). */
  readonly identity: AgeIdentity;
  readonly fileName: string;
};

/**
 * Exports a document as one standard age file that any age implementation opens with the identity beside it. A named version that was listed
 * before costs nothing but its bytes: for exports of everything.
 */
export async function exportAge(
  device: Device,
  doc: string,
  options: DownloadOptions & VersionChoice & { readonly kind: "hybrid" | "x25519"; readonly identity?: AgeIdentity },
): Promise<AgeExport> {
  const document = await findListed(device, doc, options.ver);
  const identity = options.identity ?? (await generateIdentity(options.kind));
  const fetchRange = ownerRange(device)(document, options.signal);
  const progress = { random: device.random, ...openOptions(document, options) };
  const file = await exportDocument(document.opened, document.entry, await recipientOf(identity), fetchRange, progress);
  const bytes = refusing(file.bytes);
  return { stream: streamOf(bytes), length: file.length, identity, fileName: `${document.info.name}.age` };
}

/** Why a remembered one will do: a version never changes, and what is remembered of it was verified. */
async function findListed(device: Device, doc: string, ver: string | undefined): Promise<VerifiedDocument> {
  const known = ver === undefined ? null : rememberedVersion(await requireOwner(device), doc, ver);
  return known ?? findInVault(await readVault(device), doc, ver);
}

export function ownerRange(device: Device): RangeOf {
  return ({ info: { doc, ver } }, signal): FetchRange => rangeReader(device, "getObject", { doc, ver }, signal);
}
