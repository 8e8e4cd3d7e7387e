import type { documentRow } from "@afterkeep/contracts";
import type { z } from "zod";
import { toWire } from "../access/wire.ts";
import type { ObjectAnswer } from "../objects/object-answer.ts";
import type { ObjectKey, ObjectStore } from "../objects/object-store.ts";
import type { DocumentFacts, DocumentRow } from "../storage/documents.ts";
import { documentUnknown } from "./document-refusals.ts";

/** A document version with one revision of its metadata, as the contract spells it. */
export function documentAnswer(row: DocumentRow): z.input<typeof documentRow> {
  return {
    doc: row.doc,
    ver: row.ver,
    rev: row.rev,
    header: toWire(row.header),
    headerRev: row.header_rev,
    confirmedHeader: row.confirmed_header === null ? "" : toWire(row.confirmed_header),
    metadata: toWire(row.metadata),
    payloadLen: row.payload_len,
    objectLen: row.object_len,
    createdAt: row.created_at,
  };
}

/** The download of a version's object. Throws NotFoundError when it never arrived whole. */
export function objectAnswer(objects: ObjectStore, key: ObjectKey, row: DocumentFacts | null): ObjectAnswer {
  if (row === null || row.object_sha256 === null) throw documentUnknown();
  return { length: row.object_len, sha256: row.object_sha256, open: (start, end) => objects.read(key, start, end) };
}
