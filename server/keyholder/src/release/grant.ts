import { decodeBase64url, encodeBase64url, parseId } from "@afterkeep/bytes";
import { parseHybridRecipient, sealGrant } from "@afterkeep/formats";
import { ConflictError } from "@afterkeep/platform";
import { applyFetched } from "@afterkeep/switch";
import { contextOf } from "../deposit/import-deposit.ts";
import { openShare } from "../keys/share-vault.ts";
import type { KeyholderParts } from "../parts.ts";
import { addFetch, findFetch, getRelease } from "../store/decisions.ts";
import { getNewestManifest } from "../store/manifests.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import { type Granted, requireGranted, type ReleasePlace } from "./require-granted.ts";

export type GrantRequest = ReleasePlace & { readonly decisionId: string; readonly nonce: string };
type GrantAnswer = { grant: string; release: string; outer: string; path: string };

/**
 * Step two: whoever answers the nonce holds the key; the fetch is on disk before the share leaves. The same recipient may fetch
 * again while the decision stands, and gets the same.
 *
 * Why the grant is sealed before the fetch is written, and the record asked again after: sealing takes a moment in which the owner
 * may return. Commit order decides.
 */
export async function grant(parts: KeyholderParts, request: GrantRequest): Promise<GrantAnswer> {
  const { decisionId, nonce, ...place } = request;
  const granted = requireDecision(parts, request);
  parts.proofs.require({ ...place, decisionId }, nonce);
  const manifestHash = manifestOf(parts, granted);
  const sealed = await sealFor(parts, granted, manifestHash);
  recordFetch(parts, request, manifestHash);
  parts.proofs.spend({ ...place, decisionId }, nonce);
  const { outer, path } = granted.slot;
  return { grant: encodeBase64url(sealed), release: getRelease(parts.store, decisionId), outer, path };
}

function requireDecision(parts: KeyholderParts, request: GrantRequest): Granted {
  const granted = requireGranted(parts, request);
  if (granted.decisionId === request.decisionId) return granted;
  throw new ConflictError("not-granted", "This release was taken back meanwhile.", { next: "Start opening again." });
}

/** The one it was fetched with before, else the newest. */
function manifestOf(parts: KeyholderParts, { bequest, slot, decisionId }: Granted): string {
  const fetched = findFetch(parts.store, decisionId, slot.r);
  return fetched?.manifestHash ?? getNewestManifest(parts.store, bequest.account, bequest.b, bequest.policy.g).hash;
}

function sealFor(parts: KeyholderParts, { bequest, slot, share, decisionId }: Granted, manifestHash: string) {
  const context = contextOf(slot, slot.ageKey);
  return sealGrant(parseHybridRecipient(slot.ageKey), {
    bequest: context,
    share: new Uint8Array(openShare(parts.keys.kek, context, share)),
    manifestHash: decodeBase64url(manifestHash),
    policyHash: decodeBase64url(bequest.policy.id),
    outerHash: decodeBase64url(slot.outerHash),
    decisionId: parseId(decisionId),
  });
}

function recordFetch(parts: KeyholderParts, request: GrantRequest, manifestHash: string): void {
  parts.sharedCommit.flush();
  const { attendedMs } = parts.time.now();
  parts.store.commit(() => {
    const { bequest, slot, decisionId } = requireDecision(parts, request);
    // Why again: a nonce is single use, and another answer to it may have been given while this one was being sealed.
    parts.proofs.require({ account: request.account, b: request.b, r: request.r, decisionId }, request.nonce);
    if (findFetch(parts.store, decisionId, slot.r) !== null) return;
    addFetch(parts.store, { decision: decisionId, r: slot.r, manifestHash, atMs: attendedMs });
    saveBequest(parts.store, { ...bequest, history: applyFetched(bequest.history, slot.r, attendedMs) }, attendedMs);
  });
}
