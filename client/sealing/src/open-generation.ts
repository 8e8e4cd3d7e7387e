import { type Bytes, equalBytes, type Id } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  bequestContext,
  type BequestPlace,
  type Grant,
  openGrant,
  openInner,
  openOuter,
  openPath,
  openAskChallenge,
  openProofChallenge,
  partHash,
  shareCommit,
} from "@afterkeep/formats";

/** What the owner's signed policy says about this recipient's part. */
export type SignedPart = {
  readonly policyHash: Uint8Array;
  readonly shareCommit: Uint8Array;
  readonly outerHash: Uint8Array;
  readonly pathHash: Uint8Array;
};

export type GrantedParts = {
  readonly identity: AgeIdentity;
  readonly place: BequestPlace;
  /** thumb(OK) of the owner whose chain was verified and whom this recipient remembers. */
  readonly ownerThumb: Uint8Array;
  readonly decisionId: Id;
  readonly signed: SignedPart;
  /** Untrusted: from the server. */
  readonly grant: Uint8Array;
  readonly outer: Uint8Array;
  readonly path: Uint8Array;
};

export type OpenedGeneration = { readonly identity: AgeIdentity; readonly grant: Grant };

/** The nonce that answers a proof challenge. Throws DecryptionError if it is for another bequest, generation or decision. */
export async function answerProof(
  identity: AgeIdentity,
  place: BequestPlace,
  decisionId: Id,
  challenge: Uint8Array,
): Promise<Bytes> {
  const asked = await openProofChallenge(identity, challenge);
  if (asked.decisionId !== decisionId || !equalBytes(asked.bequest, bequestContext(place))) throw new DecryptionError();
  return asked.nonce;
}

/** The answer to an ask challenge for this very place and request. Throws DecryptionError, also for a proof challenge. */
export async function answerAsk(
  identity: AgeIdentity,
  place: BequestPlace,
  requestId: Id,
  challenge: Uint8Array,
): Promise<Bytes> {
  const asked = await openAskChallenge(identity, challenge);
  if (asked.requestId !== requestId || !equalBytes(asked.asks, bequestContext(place))) throw new DecryptionError();
  return asked.nonce;
}

/**
 * grant → S_kh → W → G → outer → inner → BI_g. Everything the server handed out is compared with what the owner signed before
 * it is used. Throws DecryptionError on any difference, and does not say which.
 */
export async function openGeneration(parts: GrantedParts): Promise<OpenedGeneration> {
  const { place, signed } = parts;
  const context = bequestContext(place);
  if (!equalBytes(partHash(parts.outer), signed.outerHash)) throw new DecryptionError();
  if (!equalBytes(partHash(parts.path), signed.pathHash)) throw new DecryptionError();
  const grant = await openGrant(parts.identity, parts.grant);
  expectGrant(grant, parts, context);
  const gateKey = openPath(grant.share, context, parts.path);
  const inner = openOuter(gateKey, context, parts.outer);
  return { identity: await openInner(parts.identity, inner, context, parts.ownerThumb), grant };
}

function expectGrant(grant: Grant, parts: GrantedParts, context: ReturnType<typeof bequestContext>): void {
  const holds =
    equalBytes(grant.bequest, context) &&
    grant.decisionId === parts.decisionId &&
    equalBytes(grant.policyHash, parts.signed.policyHash) &&
    equalBytes(grant.outerHash, parts.signed.outerHash) &&
    equalBytes(shareCommit(context, grant.share), parts.signed.shareCommit);
  if (!holds) throw new DecryptionError();
}
