import { type Bytes, decodeBase64url, encodeBase64url, equalBytes, type Id, MalformedError } from "@afterkeep/bytes";
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
  newestManifest,
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
  /** The owner signed a newer list than the one that was opened. */
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
    const lists = signedLists(request);
    const chosen = lists.find(({ hash }) => equalBytes(hash, opened.grant.manifestHash)) ?? lists[0];
    if (chosen === undefined) throw new ManifestMissingError();
    const manifest = await openList(request, opened.identity, chosen);
    const rows = await checkRows(place.account, manifest.entries, answers.documents, opened.identity);
    const newer = lists.filter(({ mseq }) => mseq > chosen.mseq);
    const mended = await mendFromNewer(request, opened.identity, newer, rows);
    const isOlder = isOlderList(request, chosen, opened.grant.manifestHash);
    return { ...mended, identity: opened.identity, message: manifest.message, decidedAt: decision.decidedAt, isOlder };
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

/** A sealed manifest that was handed out and that the owner's chain has. */
type SignedList = { readonly file: Uint8Array; readonly hash: Bytes; readonly mseq: number };

/** Newest first. */
function signedLists<R extends StoredDocument>({ view, place: { b, g }, answers }: ReleaseRequest<R>): SignedList[] {
  return answers.manifests
    .map((file) => ({ file, hash: manifestHash(file) }))
    .flatMap(({ file, hash }) => {
      const signed = manifestByHash(view, b, g, encodeBase64url(hash));
      return signed === null ? [] : [{ file, hash, mseq: signed.mseq }];
    })
    .sort((x, y) => y.mseq - x.mseq);
}

function openList<R extends StoredDocument>(
  { place: { account, b, g } }: ReleaseRequest<R>,
  identity: AgeIdentity,
  { file, hash }: SignedList,
): Promise<Manifest> {
  return openManifest(identity, file, { hash, account, b, g });
}

/**
 * A keyholder that was restored names an older list, whose versions may be gone: such a document is taken as the newest list has it in which
 * it opens. Why never from an older list: withholding a version would make an earlier one of it.
 */
async function mendFromNewer<R extends StoredDocument>(
  request: ReleaseRequest<R>,
  identity: AgeIdentity,
  newer: readonly SignedList[],
  rows: CheckedRows<R>,
): Promise<CheckedRows<R>> {
  let { documents, damaged } = rows;
  for (const list of newer) {
    if (damaged.length === 0) break;
    const entries = (await entriesOrNone(request, identity, list)).filter(({ docId }) => damaged.includes(docId));
    const found = await checkRows(request.place.account, entries, request.answers.documents, identity);
    const mended = new Set(found.documents.map(({ entry }) => entry.docId));
    documents = [...documents, ...found.documents];
    damaged = damaged.filter((doc) => !mended.has(doc));
  }
  return { documents, damaged };
}

/** Nothing of a list that does not open: the one that counts did. */
async function entriesOrNone<R extends StoredDocument>(
  request: ReleaseRequest<R>,
  identity: AgeIdentity,
  list: SignedList,
): Promise<Manifest["entries"]> {
  try {
    return (await openList(request, identity, list)).entries;
  } catch (error) {
    if (error instanceof DecryptionError || error instanceof MalformedError) return [];
    throw error;
  }
}

/** Why the second: a chain without the list that the keyholder named was cut, and does not say what else was signed. */
function isOlderList<R extends StoredDocument>(
  { view, place: { b, g } }: ReleaseRequest<R>,
  { mseq }: SignedList,
  named: Uint8Array,
): boolean {
  const newest = newestManifest(view, b, g);
  return mseq !== newest?.mseq || manifestByHash(view, b, g, encodeBase64url(named)) === null;
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
