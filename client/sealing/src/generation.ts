import { type Bytes, copyBytes, type Id, type RandomSource, randomBytes } from "@afterkeep/bytes";
import {
  type AgeIdentity,
  type AgeRecipient,
  bequestContext,
  gateKeyLength,
  generateIdentity,
  partHash,
  recipientOf,
  sealInner,
  sealOuter,
  sealPath,
  shareCommit,
  shareLength,
} from "@afterkeep/formats";

export type GenerationRequest = {
  readonly account: Id;
  readonly b: Id;
  readonly g: number;
  /** thumb(OK), 32 bytes. */
  readonly ownerThumb: Uint8Array;
  /** From the owner's own signed pins, never from the server's word. */
  readonly recipients: readonly { readonly r: Id; readonly recipient: AgeRecipient }[];
  readonly random?: RandomSource;
};

/** One recipient's way into one generation. `share` goes to the keyholder and nowhere else. */
export type GenerationPart = {
  readonly r: Id;
  readonly context: Bytes;
  readonly share: Bytes;
  readonly outer: Bytes;
  readonly path: Bytes;
  readonly shareCommit: Bytes;
  readonly outerHash: Bytes;
  readonly pathHash: Bytes;
};

/** A generation of a bequest: its own identity BI_g, and a part for each recipient. */
export type Generation = {
  readonly identity: AgeIdentity;
  readonly recipient: AgeRecipient;
  readonly parts: readonly GenerationPart[];
};

/**
 * Makes generation g of a bequest: BI_g once; for each recipient an independent gate key G, keyholder share S_kh, inner, outer and W.
 *
 * Why independent per recipient: with one G, a recipient who was granted theirs could open another's outer part the day they got hold
 * of it, whatever delay the owner chose for that one (protocol §3).
 */
export async function buildGeneration(request: GenerationRequest): Promise<Generation> {
  const identity = await generateIdentity("hybrid");
  const parts = [];
  for (const person of request.recipients) parts.push(await buildPart(request, identity, person));
  return { identity, recipient: await recipientOf(identity), parts };
}

async function buildPart(
  request: GenerationRequest,
  identity: AgeIdentity,
  person: { readonly r: Id; readonly recipient: AgeRecipient },
): Promise<GenerationPart> {
  const { account, b, g, random = randomBytes } = request;
  const place = { account, b, g, r: person.r, recipient: person.recipient };
  const context = bequestContext(place);
  const gateKey = copyBytes(random(gateKeyLength));
  const share = copyBytes(random(shareLength));
  const outer = sealOuter(gateKey, context, await sealInner(place, identity, request.ownerThumb), random);
  const path = sealPath(share, context, gateKey, undefined, random);
  return {
    r: person.r,
    context,
    share,
    outer,
    path,
    shareCommit: shareCommit(context, share),
    outerHash: partHash(outer),
    pathHash: partHash(path),
  };
}
