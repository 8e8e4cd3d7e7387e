import { type Bytes, concatBytes, newId, randomBytes } from "@afterkeep/bytes";
import { type AgeIdentity, generateIdentity, type ManifestEntry, recipientOf } from "@afterkeep/formats";
import type { FetchRange, StoredDocument } from "../open-document.ts";
import { sealDocument } from "../seal-document.ts";

export type ASealedDocument = {
  readonly account: ReturnType<typeof newId>;
  readonly identity: AgeIdentity;
  readonly stored: StoredDocument;
  readonly object: Bytes;
  readonly entry: ManifestEntry;
};

export const anAccount = newId(1_700_000_000_000);

/** A document as an honest client leaves it with a server. */
export async function aSealedDocument(
  content: Uint8Array,
  place: { identity?: AgeIdentity; docId?: ASealedDocument["account"]; name?: string } = {},
): Promise<ASealedDocument> {
  const identity = place.identity ?? (await generateIdentity());
  const docId = place.docId ?? newId(1_700_000_000_001);
  const verId = newId(1_700_000_000_002);
  const sealed = await sealDocument({
    account: anAccount,
    docId,
    verId,
    source: inParts(content, 100_000),
    metadata: {
      kind: "file",
      name: place.name ?? "will.pdf",
      folder: "",
      mediaType: "application/pdf",
      size: content.length,
      createdMs: 1,
      modifiedMs: 2,
      currentMs: 1_700_000_000_000,
      thumbnailLen: 0,
      thumbnailHash: null,
    },
    recipients: [await recipientOf(identity)],
  });
  const parts = [];
  for await (const part of sealed.object) parts.push(part);
  const stored = { docId, verId, header: sealed.header, metadata: sealed.metadata };
  return { account: anAccount, identity, stored, object: concatBytes(...parts), entry: sealed.entry() };
}

export async function* inParts(content: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** A server that answers ranges of an object, and says which bytes were asked for. */
export function rangesOf(object: Uint8Array, asked: (readonly [number, number])[] = []): FetchRange {
  return (from, to) => {
    asked.push([from, to]);
    return Promise.resolve(inParts(object.subarray(from, to), 70_001));
  };
}

export function someBytes(length: number): Bytes {
  return randomBytes(length);
}
