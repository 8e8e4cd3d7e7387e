import { countField, hashField, idField, msField } from "@afterkeep/statements";
import { z } from "zod";
import { documentKey, emptyAnswer, jwsField, sealedField } from "./fields.ts";
import { route } from "./route.ts";

/** 50 GB and its STREAM overhead; the first version accepts 1 GB documents, the limit is configuration. */
export const maxPayloadBytes = 54_000_000_000;
const headerField = sealedField(262_144);
const metadataField = sealedField(65_536);

export const documentRow = z.strictObject({
  doc: idField,
  ver: idField,
  /** age v1 header, detached from the payload. */
  header: headerField,
  headerRev: countField,
  metadata: metadataField,
  payloadLen: z.int().min(1).max(maxPayloadBytes),
  objectLen: z
    .int()
    .min(1)
    .max(maxPayloadBytes * 2),
  createdAt: msField,
});

/**
 * A document exists for its owner once a vault manifest (b = zero id) that names it was accepted by the keyholder;
 * until then it is `pending`, unseen in lists, and removed after a day.
 */
export const documentRoutes = {
  beginDocument: route({
    method: "POST",
    path: "/v1/documents",
    auth: "owner",
    summary: "Announce a sealed document version: header and sealed metadata",
    body: documentRow.omit({ headerRev: true, createdAt: true }),
    response: emptyAnswer,
    status: 201,
    bodyLimit: 524_288,
  }),
  /** Object = payload ‖ leaf list ‖ padding; refused unless its length is the announced one. Idempotent when equal. */
  putObject: route({
    method: "PUT",
    path: "/v1/documents/:doc/versions/:ver/object",
    auth: "owner",
    summary: "Upload the sealed object",
    params: documentKey,
    body: "bytes",
    response: z.strictObject({ length: countField, sha256: hashField }),
    status: 200,
    bodyLimit: maxPayloadBytes,
  }),
  getObject: route({
    method: "GET",
    path: "/v1/documents/:doc/versions/:ver/object",
    auth: "owner",
    summary: "Download the sealed object (supports Range)",
    params: documentKey,
    response: "bytes",
    status: 200,
  }),
  listDocuments: route({
    method: "GET",
    path: "/v1/documents",
    auth: "owner",
    summary: "All committed documents of the vault, sealed",
    query: z.strictObject({ after: z.union([idField, z.literal("")]).default("") }),
    response: z.strictObject({ documents: z.array(documentRow).max(200), more: z.boolean() }),
    status: 200,
  }),
  /** Re-sharing: the header alone is rewritten, compare-and-swap on `expectedRev`. */
  putHeader: route({
    method: "PUT",
    path: "/v1/documents/:doc/versions/:ver/header",
    auth: "owner",
    summary: "Replace the header of a document version",
    params: documentKey,
    body: z.strictObject({ header: headerField, expectedRev: countField }),
    response: z.strictObject({ headerRev: countField }),
    status: 200,
    bodyLimit: 393_216,
  }),
  /**
   * Commits a manifest: the api stores the body, hands the statement to the keyholder, and only then shows the documents.
   * `entries` repeats (doc, ver) of the sealed body so that the server knows what belongs to it; it must equal what the
   * owner signed for, which only openers can check.
   */
  commitManifest: route({
    method: "POST",
    path: "/v1/manifests",
    auth: "owner",
    summary: "Commit a signed manifest of the vault or of a bequest",
    body: z.strictObject({
      b: idField,
      g: countField,
      mseq: countField,
      body: sealedField(16_777_216),
      statement: jwsField,
      entries: z.array(documentKey).max(100_000),
    }),
    response: z.strictObject({ receipt: jwsField }),
    status: 200,
    bodyLimit: 33_554_432,
  }),
  getManifest: route({
    method: "GET",
    path: "/v1/manifests/:b",
    auth: "owner",
    summary:
      "The newest stored manifest of the vault (zero id) or of a bequest, in generation g or in the newest that has one",
    params: z.strictObject({ b: idField }),
    query: z.strictObject({ g: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional() }),
    response: z.strictObject({
      b: idField,
      g: countField,
      mseq: countField,
      body: sealedField(16_777_216),
      statement: jwsField,
    }),
    status: 200,
  }),
};
