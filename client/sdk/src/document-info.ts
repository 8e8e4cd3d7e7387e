import { type Id, parseId } from "@afterkeep/bytes";
import type { documentRow } from "@afterkeep/contracts";
import type { DocumentKind, DocumentMetadata } from "@afterkeep/formats";
import type { z } from "zod";

/** A document version as the server hands it out. Nothing of it is trusted. */
export type DocumentRow = z.infer<typeof documentRow>;

export type DocumentInfo = {
  readonly doc: Id;
  readonly ver: Id;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly folder: string;
  readonly type: string;
  /** Plaintext bytes. */
  readonly size: number;
  readonly modified: number;
  /** When this version was sealed, ms. */
  readonly createdAt: number;
  /** Bytes that it takes on the server. */
  readonly sealedBytes: number;
  /** How many versions the vault has of it, this one included; 1 in a release. */
  readonly versions: number;
  readonly hasThumbnail: boolean;
};

export function documentInfo(row: DocumentRow, metadata: DocumentMetadata): DocumentInfo {
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
    versions: 1,
    hasThumbnail: metadata.thumbnailHash !== null,
  };
}
