import { countField, hashField, idField, msField } from "@afterkeep/statements";
import { z } from "zod";
import { contentDigestField, documentKey, emptyAnswer, jwsField, partField, sealedField } from "./fields.ts";
import { route } from "./route.ts";

/** 50 GB of plaintext, its STREAM overhead, and room to spare. What a server takes of it is its operator's setting. */
export const maxPayloadBytes = 54_000_000_000;
/** An object goes up in parts of this many bytes; the last one may be shorter. */
export const partLength = 8_388_608;
/** Parts of one object at most: parts 0…16383. */
export const maxParts = 16_384;
/** Versions that an account may have announced and not yet named in a manifest. */
export const maxPendingVersions = 10_240;
const headerField = sealedField(262_144);
const metadataField = sealedField(65_536);
const partNumber = z
  .int()
  .min(0)
  .max(maxParts - 1);
/** The SHA-256 of an object's parts in order, hashed again; empty until every part is there. */
const objectDigestField = z.union([hashField, z.literal("")]);

export const documentRow = z.strictObject({
  doc: idField,
  ver: idField,
  /** Which revision of the metadata this row carries; several rows of one version differ in it. */
  rev: countField,
  /** age v1 header, detached from the payload. */
  header: headerField,
  headerRev: countField,
  /**
   * The newest header that the owner confirmed with a signed manifest; empty while that is `header` itself. A stolen session can write a
   * header that opens nothing: an opener whom `header` yields no file key, or another one than was signed for, takes this one.
   */
  confirmedHeader: z.union([headerField, z.literal("")]).default(""),
  metadata: metadataField,
  payloadLen: z.int().min(1).max(maxPayloadBytes),
  objectLen: z
    .int()
    .min(1)
    .max(maxPayloadBytes * 2),
  createdAt: msField,
});

const revisionKey = documentKey.extend({ rev: countField });
/**
 * `headerRev`: the header revision that the signer has opened and verified, which is thereby confirmed; without it none is. A bequest's
 * manifest is refused (`header-changed`) where the present header is another one: its recipients' way in stands in that header alone.
 */
const entryField = revisionKey.extend({ headerRev: countField.optional() });

/**
 * A document exists for its owner once a vault manifest (b = zero id) that names it was accepted by the keyholder; until then it is
 * `pending`, unseen in lists, and removed when nothing of it arrived for 7 days. A version that the vault no longer names is kept for
 * 30 days, and for as long as a bequest's manifest names it.
 */
export const documentRoutes = {
  /** The metadata is revision 0. Refused when the account's quota, its pending versions or the server's disk would not hold it. */
  beginDocument: route({
    method: "POST",
    path: "/v1/documents",
    auth: "owner",
    summary: "Announce a sealed document version: header and sealed metadata",
    body: documentRow.omit({ rev: true, headerRev: true, confirmedHeader: true, createdAt: true }),
    response: emptyAnswer,
    status: 201,
    bodyLimit: 524_288,
  }),
  /**
   * Object = payload ‖ leaf list ‖ sealed thumbnail ‖ padding, cut every `partLength` bytes; parts may come in any order and several
   * at once. The same part again changes nothing. Other bytes for a part are refused (`part-differs`): they would be sealed under a
   * used key, so the client starts again with a fresh one.
   */
  putPart: route({
    method: "PUT",
    path: "/v1/documents/:doc/versions/:ver/parts/:part",
    auth: "owner",
    summary: "Upload one part of the sealed object",
    params: documentKey.extend({ part: partField }),
    headers: z.looseObject({ "content-digest": contentDigestField }),
    body: "bytes",
    response: z.strictObject({ sha256: hashField, object: objectDigestField }),
    status: 200,
    bodyLimit: partLength,
  }),
  /** What has arrived, in order: where an interrupted upload goes on. */
  listParts: route({
    method: "GET",
    path: "/v1/documents/:doc/versions/:ver/parts",
    auth: "owner",
    summary: "The parts of a version that have arrived",
    params: documentKey,
    response: z.strictObject({
      parts: z.array(z.strictObject({ part: partNumber, sha256: hashField })).max(maxParts),
      object: objectDigestField,
    }),
    status: 200,
  }),
  /** Only of a version that no manifest ever named. What is gone already is fine. */
  discardDocument: route({
    method: "DELETE",
    path: "/v1/documents/:doc/versions/:ver",
    auth: "owner",
    summary: "Give up a pending version with everything that arrived of it",
    params: documentKey,
    response: emptyAnswer,
    status: 200,
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
  /** In order of (doc, ver); the next page begins after the last row's. Each row carries the revision that the manifest names. */
  listDocuments: route({
    method: "GET",
    path: "/v1/documents",
    auth: "owner",
    summary: "All versions that the newest vault manifest names, sealed",
    query: z.strictObject({
      after: z.union([idField, z.literal("")]).default(""),
      afterVer: z.union([idField, z.literal("")]).default(""),
    }),
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
   * `entries` repeats (doc, ver) and the metadata revision of what the sealed body names, so that the server knows what belongs to it;
   * it must equal what the owner signed for, which only openers can check. `metadata` brings revisions that are new (a rename), each
   * named by an entry, and is stored in the same transaction.
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
      entries: z.array(entryField).max(100_000),
      metadata: z.array(revisionKey.extend({ metadata: metadataField })).max(10_000),
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
