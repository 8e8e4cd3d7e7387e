import { type Bytes, concatBytes, newId, randomBytes } from "@afterkeep/bytes";
import { type AgeIdentity, generateIdentity, type ManifestEntry, recipientOf } from "@afterkeep/formats";
import type { StoredDocument } from "../open-document.ts";
import { sealObject } from "../seal-object.ts";
import { planDocument, type PlanRequest, type SealingPlan } from "../sealing-plan.ts";
import type { FetchRange } from "../verified-slices.ts";

export type ASealedDocument = {
  readonly account: ReturnType<typeof newId>;
  readonly identity: AgeIdentity;
  readonly stored: StoredDocument;
  readonly object: Bytes;
  readonly entry: ManifestEntry;
};

export const anAccount = newId(1_700_000_000_000);

export type Place = {
  readonly account?: ASealedDocument["account"];
  readonly identity?: AgeIdentity;
  readonly docId?: ASealedDocument["account"];
  readonly name?: string;
  readonly kind?: "file" | "note" | "record";
  readonly mediaType?: string;
  readonly thumbnail?: Uint8Array;
};

/** A plan as an honest client makes it, for content of `size` bytes. */
export async function aPlan(size: number, place: Place = {}): Promise<SealingPlan> {
  const metadata: PlanRequest["metadata"] = {
    kind: place.kind ?? "file",
    name: place.name ?? "will.pdf",
    folder: "",
    mediaType: place.mediaType ?? "application/pdf",
    size,
    createdMs: 1,
    modifiedMs: 2,
    currentMs: 1_700_000_000_000,
  };
  return planDocument({
    account: place.account ?? anAccount,
    docId: place.docId ?? newId(1_700_000_000_001),
    verId: newId(1_700_000_000_002),
    metadata,
    thumbnail: place.thumbnail,
    recipients: [await recipientOf(place.identity ?? (await generateIdentity()))],
  });
}

/** A document as an honest client leaves it with a server. */
export async function aSealedDocument(content: Uint8Array, place: Place = {}): Promise<ASealedDocument> {
  const identity = place.identity ?? (await generateIdentity());
  const plan = await aPlan(content.length, { ...place, identity });
  const sealed = sealObject(plan, inParts(content, 100_000));
  const parts = [];
  for await (const part of sealed.object) parts.push(part);
  const { docId, verId, header, metadata } = plan;
  const stored = { docId, verId, header, metadata, rev: 0 };
  return { account: plan.account, identity, stored, object: concatBytes(...parts), entry: sealed.entry() };
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
