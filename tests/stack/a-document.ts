import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { manifestHash } from "@afterkeep/formats";
import { openStatement, type StatementBody, zeroId } from "@afterkeep/statements";
import type { Answer } from "./a-stack.ts";
import { freshId, type Owner, sealedText } from "./an-owner.ts";

export type SealedDocument = { doc: string; ver: string; object: Uint8Array; announced: Record<string, unknown> };

/** What a client announces before it uploads; its content is sealed, so random bytes look the same to the server. */
export function aSealedDocument(length = 5000): SealedDocument {
  const [doc, ver] = [freshId(), freshId()];
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

export function putObject(
  owner: Owner,
  { doc, ver, object }: Pick<SealedDocument, "doc" | "ver" | "object">,
): Promise<Answer> {
  return owner.stack.ask({
    method: "PUT",
    url: `/v1/documents/${doc}/versions/${ver}/object`,
    body: object,
    token: owner.token,
    headers: { "content-type": "application/octet-stream" },
  });
}

/** Announced and uploaded, not yet committed. */
export async function anUploadedDocument(owner: Owner, length?: number): Promise<SealedDocument> {
  const document = aSealedDocument(length);
  await owner.ask("beginDocument", { body: document.announced });
  const answer = await putObject(owner, document);
  if (answer.status !== 200) throw new Error(answer.text);
  return document;
}

export type Place = { b: string; g: number; mseq: number };

/** A signed manifest's request body. */
export async function aManifest(owner: Owner, place: Place, documents: readonly SealedDocument[]) {
  const body = randomBytes(400);
  const statement = await owner.signControl("manifest", (fields) => ({
    ...fields,
    ...place,
    manifestHash: encodeBase64url(manifestHash(body)),
  }));
  return { ...place, body: encodeBase64url(body), statement, entries: documents.map(({ doc, ver }) => ({ doc, ver })) };
}

export async function commit(
  owner: Owner,
  place: Place,
  documents: readonly SealedDocument[],
): Promise<StatementBody<"receipt">> {
  const { receipt } = await owner.ask("commitManifest", { body: await aManifest(owner, place, documents) });
  await owner.take(receipt);
  return openStatement("receipt", receipt, await owner.keyholderKey()).body;
}

export const vault = (mseq: number): Place => ({ b: zeroId, g: 0, mseq });
