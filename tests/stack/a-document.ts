import { createHash } from "node:crypto";
import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { partLength, type RouteOutput, type routes } from "@afterkeep/contracts";
import { manifestHash } from "@afterkeep/formats";
import { openStatement, type StatementBody, zeroId } from "@afterkeep/statements";
import type { Answer, Asked } from "./a-stack.ts";
import { freshId, type Owner, sealedText } from "./an-owner.ts";

export type SealedDocument = {
  doc: string;
  ver: string;
  /** Which revision of the metadata manifests name; a fresh one's is 0. */
  rev?: number;
  object: Uint8Array;
  announced: Record<string, unknown>;
};

/** What a client announces before it uploads; its content is sealed, so random bytes look the same to the server. */
export function aSealedDocument(length = 5000, of: Partial<Pick<SealedDocument, "doc" | "ver">> = {}): SealedDocument {
  const { doc = freshId(), ver = freshId() } = of;
  const announced = {
    doc,
    ver,
    header: sealedText(200),
    metadata: sealedText(300),
    payloadLen: length - 100,
    objectLen: length,
  };
  return { doc, ver, object: randomBytes(length), announced };
}

/** The headers that a part travels with (RFC 9530). */
export function partHeaders(bytes: Uint8Array): Record<string, string> {
  const digest = createHash("sha256").update(bytes).digest("base64");
  return { "content-type": "application/octet-stream", "content-digest": `sha-256=:${digest}:` };
}

export type SentPart = Pick<SealedDocument, "doc" | "ver"> & { part: number | string; bytes: Uint8Array };

/** Sends one part as an honest client does, but for what `over` says. */
export function putPart(owner: Owner, { doc, ver, part, bytes }: SentPart, over: Partial<Asked> = {}): Promise<Answer> {
  return owner.stack.ask({
    method: "PUT",
    url: `/v1/documents/${doc}/versions/${ver}/parts/${part}`,
    body: bytes,
    token: owner.token,
    headers: partHeaders(bytes),
    ...over,
  });
}

/** The bytes of an object's parts, in order. */
export function partsOf(object: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(object.length / partLength));
  return Array.from({ length: count }, (_, i) => object.subarray(i * partLength, (i + 1) * partLength));
}

/** All parts, one after the other; the last answer. */
export async function putObject(
  owner: Owner,
  { doc, ver, object }: Pick<SealedDocument, "doc" | "ver" | "object">,
): Promise<RouteOutput<(typeof routes)["putPart"]>> {
  let last: unknown = null;
  for (const [part, bytes] of partsOf(object).entries()) {
    const answer = await putPart(owner, { doc, ver, part, bytes });
    if (answer.status !== 200) throw new Error(answer.text);
    last = answer.body;
  }
  return last as RouteOutput<(typeof routes)["putPart"]>;
}

/** Announced and uploaded, not yet committed. */
export async function anUploadedDocument(
  owner: Owner,
  length?: number,
  of: Partial<Pick<SealedDocument, "doc" | "ver">> = {},
): Promise<SealedDocument> {
  const document = aSealedDocument(length, of);
  await owner.ask("beginDocument", { body: document.announced });
  await putObject(owner, document);
  return document;
}

export type Place = { b: string; g: number; mseq: number };
/** New metadata that a manifest brings along. */
export type BroughtMetadata = { doc: string; ver: string; rev: number; metadata: string };

/** A signed manifest's request body. */
export async function aManifest(
  owner: Owner,
  place: Place,
  documents: readonly Pick<SealedDocument, "doc" | "ver" | "rev">[],
  metadata: readonly BroughtMetadata[] = [],
) {
  const body = randomBytes(400);
  const statement = await owner.signControl("manifest", (fields) => ({
    ...fields,
    ...place,
    manifestHash: encodeBase64url(manifestHash(body)),
  }));
  const entries = documents.map(({ doc, ver, rev = 0 }) => ({ doc, ver, rev }));
  return { ...place, body: encodeBase64url(body), statement, entries, metadata };
}

export async function commit(
  owner: Owner,
  place: Place,
  documents: readonly Pick<SealedDocument, "doc" | "ver" | "rev">[],
  metadata: readonly BroughtMetadata[] = [],
): Promise<StatementBody<"receipt">> {
  const { receipt } = await owner.ask("commitManifest", { body: await aManifest(owner, place, documents, metadata) });
  await owner.take(receipt);
  return openStatement("receipt", receipt, await owner.keyholderKey()).body;
}

export const vault = (mseq: number): Place => ({ b: zeroId, g: 0, mseq });
