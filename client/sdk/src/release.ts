import { decodeBase64url, encodeBase64url, type Id, parseId } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import { DecryptionError } from "@afterkeep/crypto";
import { type AgeIdentity, type BequestPlace, recipientOf } from "@afterkeep/formats";
import {
  answerProof,
  type FetchRange,
  ManifestMissingError,
  openReleasedBequest,
  type ReleaseAnswers,
  type ReleasedBequest,
  ReleaseMismatchError,
  type ReleaseRequest,
  type StoredDocument,
  type VerifiedRow,
} from "@afterkeep/sealing";
import { openStatement, StatementError } from "@afterkeep/statements";
import type { Device } from "./device.ts";
import { type DocumentInfo, documentInfo, type DocumentRow } from "./document-info.ts";
import { RefusedError } from "./errors.ts";
import { rangeReader } from "./object-range.ts";
import { expectDecidedSince, type KnownOwner, meetOwner, rememberWentOn } from "./owner-memory.ts";
import {
  type ByteRange,
  type OpenedRanges,
  openVerifiedRange,
  openVerifiedRanges,
  readVerifiedThumbnail,
} from "./read-verified.ts";
import { readRecipient, type ReleaseInfo, requireIdentity } from "./recipient-session.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";
import { type DownloadOptions, type OpenedDocument, openVerified, type VerifiedDocument } from "./verify-rows.ts";

export type OpenedRelease = {
  readonly b: Id;
  readonly message: string;
  /** When the keyholder decided, product ms. */
  readonly decidedAt: number;
  /** The owner signed a newer list than this one. Say so. */
  readonly older: boolean;
  /**
   * The server shows less of what the owner signed than this device has seen. What is here is what the keyholder decided on after that. If server and keyholder were put
   * back to a copy, the owner may have changed it since the copy; if they were not, it is what they last signed for this. Nobody here can tell which. Say so.
   */
  readonly isChainOlder: boolean;
  readonly documents: readonly DocumentInfo[];
  /** What was left too, and the server withholds or changed. Their names are unknown. */
  readonly missing: readonly { readonly doc: Id }[];
  download(doc: string, options?: DownloadOptions): Promise<OpenedDocument>;
  /** Bytes of a document without the rest of it. */
  openRange(doc: string, range: ByteRange): Promise<OpenedDocument>;
  /** Opens a document for a player, which reads here and there of it. */
  openRanges(doc: string): Promise<OpenedRanges>;
  /** The small picture beside a document, or null. */
  readThumbnail(doc: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer> | null>;
  /** For saveBundle. Holds secrets. */
  readonly source: BundleSource;
};

type Grant = RouteOutput<(typeof routes)["grant"]>;
type Bundle = RouteOutput<(typeof routes)["getBundle"]>;

/** A row as it was handed out, and decoded. */
type ReleasedRow = StoredDocument & { readonly row: DocumentRow };

/** What saveBundle saves a release from. */
export type BundleSource = {
  readonly request: Omit<ReleaseRequest<StoredDocument>, "view"> & {
    readonly chain: readonly string[];
    readonly ownerKey: Uint8Array;
  };
  readonly released: ReleasedBequest<StoredDocument>;
  readonly rangeOf: (document: VerifiedRow<StoredDocument>, signal?: AbortSignal) => FetchRange;
  readonly now: () => number;
};

/**
 * Opens a released bequest: proves this recipient's key, takes the keyholder's share, and checks every part of what comes against the
 * owner's signed chain and the keyholder's signed decision before it is used. Throws RefusedError "release-mismatch".
 */
export async function openRelease(device: Device, b: string): Promise<OpenedRelease> {
  const { owner, answer } = await readRecipient(device);
  const row = answer.releases.find((one) => one.b === b);
  if (row === undefined) throw new RefusedError("not-found", "Nothing of that name was released to you.");
  const identity = await requireIdentity(device, owner);
  const decisionId = parseId(row.decisionId);
  const place = await placeOf(owner, { b: parseId(row.b), g: row.g }, identity);
  const grant = await fetchGrant(device, identity, place, decisionId);
  const bundle = await device.transport.call("getBundle", { params: { b } });
  const met = await meetOwner(device, answer, bundle.chain);
  const pinned = await pinnedKeyholder(device);
  const keyholder = { publicKey: keyholderKey(pinned), mode: pinned.mode };
  const answers = answersOf(grant, bundle);
  const request = { identity, place, decisionId, view: met.view, keyholder, answers };
  const { body: decision } = await refusing(async () => openStatement("release", grant.release, keyholder.publicKey));
  for (const shown of [owner, met]) expectDecidedSince(shown, decision);
  const isChainOlder = owner.lacksSince !== null || met.lacksSince !== null;
  const released = await refusing(() => openReleasedBequest(request));
  await rememberWentOn(device, met, decision);
  return openedRelease(
    device,
    { ...released, isChainOlder },
    { ...request, chain: bundle.chain, ownerKey: owner.ownerKey },
  );
}

export async function listReleases(device: Device): Promise<readonly ReleaseInfo[]> {
  const { answer } = await readRecipient(device);
  return answer.releases.map((row) => ({ ...row, b: parseId(row.b), decisionId: parseId(row.decisionId) }));
}

function openedRelease(
  device: Device,
  { isChainOlder, ...released }: ReleasedBequest<ReleasedRow> & { readonly isChainOlder: boolean },
  request: BundleSource["request"],
): OpenedRelease {
  const { b } = request.place;
  const rangeOf = ({ row: { docId, verId } }: VerifiedRow<StoredDocument>, signal?: AbortSignal): FetchRange =>
    rangeReader(device, "getReleasedObject", { b, doc: docId, ver: verId }, signal);
  const find = (doc: string) => {
    const found = released.documents.find(({ row }) => row.docId === doc);
    if (found === undefined) throw new RefusedError("not-found", "There is no such document in this release.");
    return {
      document: asVerified(found),
      range: (_: VerifiedDocument, signal?: AbortSignal) => rangeOf(found, signal),
    };
  };
  return {
    b,
    message: released.message,
    decidedAt: released.decidedAt,
    older: released.isOlder,
    isChainOlder,
    documents: released.documents.map((document) => asVerified(document).info),
    missing: released.damaged.map((doc) => ({ doc })),
    download: async (doc, options = {}) => {
      const { document, range } = find(doc);
      return openVerified(document, range, options);
    },
    openRange: async (doc, wanted) => {
      const { document, range } = find(doc);
      return openVerifiedRange(document, range, wanted);
    },
    openRanges: async (doc) => {
      const { document, range } = find(doc);
      return openVerifiedRanges(document, range);
    },
    readThumbnail: async (doc, options = {}) => {
      const { document, range } = find(doc);
      return readVerifiedThumbnail(document, range(document, options.signal));
    },
    source: { request, released, rangeOf, now: device.now },
  };
}

function asVerified({ row: { row, rev }, entry, opened }: VerifiedRow<ReleasedRow>): VerifiedDocument {
  return {
    info: documentInfo(row, opened.metadata),
    entry,
    opened,
    headerRev: row.headerRev,
    isPresentHeader: true,
    rev,
  };
}

async function placeOf(
  owner: KnownOwner,
  { b, g }: { b: Id; g: number },
  identity: AgeIdentity,
): Promise<BequestPlace> {
  return { account: owner.account, b, g, r: owner.r, recipient: await recipientOf(identity) };
}

async function fetchGrant(device: Device, identity: AgeIdentity, place: BequestPlace, decisionId: Id): Promise<Grant> {
  const params = { b: place.b };
  const proof = await device.transport.call("prove", { params });
  if (proof.decisionId !== decisionId) throw mismatch();
  const nonce = await refusing(() => answerProof(identity, place, decisionId, decodeBase64url(proof.challenge)));
  return device.transport.call("grant", { params, body: { decisionId, nonce: encodeBase64url(nonce) } });
}

function answersOf(grant: Grant, bundle: Bundle): ReleaseAnswers<ReleasedRow> {
  return {
    release: grant.release,
    grant: decodeBase64url(grant.grant),
    outer: decodeBase64url(grant.outer),
    path: decodeBase64url(grant.path),
    manifests: bundle.manifests.map(({ body }) => decodeBase64url(body)),
    documents: bundle.documents.flatMap(decodeRow),
  };
}

function decodeRow(row: DocumentRow): ReleasedRow[] {
  const place = { docId: parseId(row.doc), verId: parseId(row.ver), rev: row.rev };
  const metadata = decodeBase64url(row.metadata);
  const headers = [row.header, row.confirmedHeader].filter((text) => text !== "");
  return headers.map((text) => ({ ...place, header: decodeBase64url(text), metadata, row }));
}

async function refusing<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    const isMismatch =
      error instanceof DecryptionError || error instanceof ReleaseMismatchError || error instanceof StatementError;
    if (isMismatch) throw mismatch(error);
    if (error instanceof ManifestMissingError)
      throw new RefusedError("manifest-missing", "The server no longer has the list of what was left to you.");
    throw error;
  }
}

function mismatch(cause?: unknown): RefusedError {
  return new RefusedError(
    "release-mismatch",
    "What the server hands out is not what the owner signed for you, so it was not opened.",
    {
      next: "Try again later, and ask whoever runs the server. Your key was not harmed.",
      cause,
    },
  );
}
