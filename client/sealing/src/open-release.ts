import { decodeBase64url, encodeBase64url, equalBytes, type Id, MalformedError } from "@afterkeep/bytes";
import { DecryptionError, thumb } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type BequestPlace,
  type Manifest,
  manifestHash,
  openManifest,
  parseHybridRecipient,
  recipientOf,
} from "@afterkeep/formats";
import {
  type AccountView,
  manifestByHash,
  pinById,
  policyById,
  type StatementBody,
  StatementError,
  verifyRelease,
} from "@afterkeep/statements";
import type { StoredDocument } from "./open-document.ts";
import { type OpenedGeneration, openGeneration } from "./open-generation.ts";
import { ManifestMissingError, ReleaseMismatchError } from "./release-errors.ts";
import { type CheckedRows, checkRows } from "./verify-rows.ts";

/** What was handed out for a release, by a server or a saved folder. All of it is untrusted. */
export type ReleaseAnswers<R extends StoredDocument> = {
  /** The keyholder's decision, a compact JWS. */
  readonly release: string;
  readonly grant: Uint8Array;
  readonly outer: Uint8Array;
  readonly path: Uint8Array;
  /** Sealed manifest files. */
  readonly manifests: readonly Uint8Array[];
  readonly documents: readonly R[];
};

export type ReleaseRequest<R extends StoredDocument> = {
  readonly identity: AgeIdentity;
  readonly place: BequestPlace;
  readonly decisionId: Id;
  /** The owner's chain, verified by verifyChain for this account and keyholder. */
  readonly view: AccountView;
  readonly keyholder: { readonly publicKey: Uint8Array; readonly mode: "real" | "demo" };
  readonly answers: ReleaseAnswers<R>;
};

export type ReleasedBequest<R extends StoredDocument> = CheckedRows<R> & {
  /** BI_g: opens every document of this bequest, and nothing else. */
  readonly identity: AgeIdentity;
  readonly message: string;
  /** When the keyholder decided, product ms. */
  readonly decidedAt: number;
  /** The list is not the one that the keyholder named, but another that the owner signed. */
  readonly isOlder: boolean;
};

/**
 * Opens a released bequest without any server: decision → policy → gate → manifest → headers, each against what the owner's chain and
 * the keyholder signed, before it is used. Throws ReleaseMismatchError, or ManifestMissingError when no list of the owner's is left.
 */
export async function openReleasedBequest<R extends StoredDocument>(
  request: ReleaseRequest<R>,
): Promise<ReleasedBequest<R>> {
  const { place, answers } = request;
  return matching(async () => {
    const decision = verifyDecision(request);
    const opened = await openGate(request, decision);
    const { manifest, isOlder } = await openNewest(request, opened);
    const rows = await checkRows(place.account, manifest.entries, answers.documents, opened.identity);
    return { ...rows, identity: opened.identity, message: manifest.message, decidedAt: decision.decidedAt, isOlder };
  });
}

function verifyDecision<R extends StoredDocument>(request: ReleaseRequest<R>): StatementBody<"release"> {
  const { view, place, decisionId, keyholder, answers } = request;
  if (view.account !== place.account || view.keyholder !== thumb(keyholder.publicKey)) throw new ReleaseMismatchError();
  const about = { account: place.account, b: place.b, g: place.g, decisionId, mode: keyholder.mode };
  return verifyRelease(answers.release, keyholder.publicKey, about).body;
}

/** Opens this recipient's part with the policy that the decision names; it must be in the owner's own chain. */
async function openGate<R extends StoredDocument>(
  { view, place, identity, decisionId, answers }: ReleaseRequest<R>,
  decision: StatementBody<"release">,
): Promise<OpenedGeneration> {
  const policy = policyById(view, decision.policyHash)?.body;
  const signed = policy?.recipients.find(({ r }) => r === place.r);
  const path = signed?.paths[0];
  if (policy === undefined || signed === undefined || path === undefined) throw new ReleaseMismatchError();
  if (policy.b !== place.b || policy.g !== place.g) throw new ReleaseMismatchError();
  if (pinById(view, signed.pin)?.body.ageKey !== place.recipient) throw new ReleaseMismatchError();
  const opened = await openGeneration({
    identity,
    place,
    ownerThumb: decodeBase64url(view.ownerThumb),
    decisionId,
    signed: {
      policyHash: decodeBase64url(decision.policyHash),
      shareCommit: decodeBase64url(signed.shareCommit),
      outerHash: decodeBase64url(signed.outerHash),
      pathHash: decodeBase64url(path.pathHash),
    },
    grant: answers.grant,
    outer: answers.outer,
    path: answers.path,
  });
  // Why compared: BI_g opens the headers; it must be the one whose public half stands in the signed policy.
  if ((await recipientOf(opened.identity)) !== parseHybridRecipient(policy.bi)) throw new ReleaseMismatchError();
  return opened;
}

/** The manifest that the grant names; where it is lost, the newest other one that the owner signed, and that is said. */
async function openNewest<R extends StoredDocument>(
  { view, place: { account, b, g }, answers }: ReleaseRequest<R>,
  { identity, grant }: OpenedGeneration,
): Promise<{ manifest: Manifest; isOlder: boolean }> {
  const found = answers.manifests
    .map((file) => ({ file, hash: manifestHash(file) }))
    .map(({ file, hash }) => ({ file, hash, signed: manifestByHash(view, b, g, encodeBase64url(hash)) }))
    .flatMap(({ file, hash, signed }) => (signed === null ? [] : [{ file, hash, mseq: signed.mseq }]))
    .sort((x, y) => y.mseq - x.mseq);
  const chosen = found.find(({ hash }) => equalBytes(hash, grant.manifestHash)) ?? found[0];
  if (chosen === undefined) throw new ManifestMissingError();
  const manifest = await openManifest(identity, chosen.file, { hash: chosen.hash, account, b, g });
  return { manifest, isOlder: !equalBytes(chosen.hash, grant.manifestHash) };
}

async function matching<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    const isMismatch =
      error instanceof DecryptionError || error instanceof StatementError || error instanceof MalformedError;
    throw isMismatch ? new ReleaseMismatchError(error) : error;
  }
}
