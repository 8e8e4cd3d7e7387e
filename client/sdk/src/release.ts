import { decodeBase64url, encodeBase64url, type Id, parseId } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type BequestPlace,
  type Manifest,
  manifestHash,
  openManifest,
  parseHybridRecipient,
  recipientOf,
} from "@afterkeep/formats";
import { answerProof, type OpenedGeneration, openGeneration } from "@afterkeep/sealing";
import {
  manifestByHash,
  pinById,
  policyById,
  type StatementBody,
  StatementError,
  verifyRelease,
} from "@afterkeep/statements";
import type { AccountView } from "@afterkeep/statements";
import type { Device } from "./device.ts";
import {
  type DocumentInfo,
  type DownloadOptions,
  type OpenedDocument,
  openVerified,
  type RangeOf,
  rangeReader,
  verifyRows,
} from "./documents.ts";
import { RefusedError } from "./errors.ts";
import { type KnownOwner, meetOwner } from "./owner-memory.ts";
import { readRecipient, type ReleaseInfo, requireIdentity } from "./recipient-session.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";

export type OpenedRelease = {
  readonly b: Id;
  readonly message: string;
  /** When the keyholder decided, product ms. */
  readonly decidedAt: number;
  /** Not the newest list that the owner signed: the server no longer has that one. Say so. */
  readonly older: boolean;
  readonly documents: readonly DocumentInfo[];
  /** What was left too, and the server withholds or changed. Their names are unknown. */
  readonly missing: readonly { readonly doc: Id }[];
  download(doc: string, options?: DownloadOptions): Promise<OpenedDocument>;
};

type Grant = RouteOutput<(typeof routes)["grant"]>;
type Bundle = RouteOutput<(typeof routes)["getBundle"]>;

/**
 * Opens a released bequest: proves this recipient's key, takes the keyholder's share, and checks every part of what comes against the
 * owner's signed chain and the keyholder's signed decision before it is used. Throws RefusedError "release-mismatch".
 */
export async function openRelease(device: Device, b: string): Promise<OpenedRelease> {
  const { owner, answer } = await readRecipient(device);
  const row = answer.releases.find((one) => one.b === b);
  if (row === undefined) throw new RefusedError("not-found", "Nothing of that name was released to you.");
  const identity = await requireIdentity(device, owner);
  const place = await placeOf(owner, { b: parseId(row.b), g: row.g }, identity);
  const grant = await fetchGrant(device, identity, place, parseId(row.decisionId));
  const release = await verifyDecision(device, grant, { ...place, decisionId: parseId(row.decisionId) });
  const bundle = await device.transport.call("getBundle", { params: { b } });
  const { view } = await meetOwner(device, answer, bundle.chain);
  return unmatched(async () => {
    const opened = await openParts(view, identity, place, grant, release);
    const { manifest, isOlder } = await openNewest(view, opened, place, bundle);
    const { documents, damaged } = await verifyRows(owner.account, manifest.entries, bundle.documents, opened.identity);
    return {
      b: place.b,
      message: manifest.message,
      decidedAt: release.decidedAt,
      older: isOlder,
      documents: documents.map(({ info }) => info),
      missing: damaged.map((doc) => ({ doc })),
      download: async (doc, options = {}) => {
        const found = documents.find(({ info }) => info.doc === doc);
        if (found === undefined) throw new RefusedError("not-found", "There is no such document in this release.");
        const params = { b, doc, ver: found.info.ver };
        const rangeOf: RangeOf = (_, signal) => rangeReader(device, "getReleasedObject", params, signal);
        return openVerified(found, rangeOf, options);
      },
    };
  });
}

export async function listReleases(device: Device): Promise<readonly ReleaseInfo[]> {
  const { answer } = await readRecipient(device);
  return answer.releases.map((row) => ({ ...row, b: parseId(row.b), decisionId: parseId(row.decisionId) }));
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
  const nonce = await unmatched(() => answerProof(identity, place, decisionId, decodeBase64url(proof.challenge)));
  return device.transport.call("grant", { params, body: { decisionId, nonce: encodeBase64url(nonce) } });
}

async function verifyDecision(
  device: Device,
  grant: Grant,
  expected: { readonly account: Id; readonly b: Id; readonly g: number; readonly decisionId: Id },
): Promise<StatementBody<"release">> {
  const keyholder = await pinnedKeyholder(device);
  const { account, b, g, decisionId } = expected;
  const about = { account, b, g, decisionId, mode: keyholder.mode };
  return unmatched(() => verifyRelease(grant.release, keyholderKey(keyholder), about).body);
}

/** Opens this recipient's part with the policy that the decision names; it must be in the owner's own chain. */
async function openParts(
  view: AccountView,
  identity: AgeIdentity,
  place: BequestPlace,
  grant: Grant,
  release: StatementBody<"release">,
): Promise<OpenedGeneration> {
  const policy = policyById(view, release.policyHash)?.body;
  const signed = policy?.recipients.find(({ r }) => r === place.r);
  const path = signed?.paths[0];
  if (policy === undefined || signed === undefined || path === undefined) throw mismatch();
  if (policy.b !== place.b || policy.g !== place.g) throw mismatch();
  if (pinById(view, signed.pin)?.body.ageKey !== place.recipient) throw mismatch();
  const opened = await openGeneration({
    identity,
    place,
    ownerThumb: decodeBase64url(view.ownerThumb),
    decisionId: parseId(release.decisionId),
    signed: {
      policyHash: decodeBase64url(release.policyHash),
      shareCommit: decodeBase64url(signed.shareCommit),
      outerHash: decodeBase64url(signed.outerHash),
      pathHash: decodeBase64url(path.pathHash),
    },
    grant: decodeBase64url(grant.grant),
    outer: decodeBase64url(grant.outer),
    path: decodeBase64url(grant.path),
  });
  // Why compared: BI_g opens the headers; it must be the one whose public half stands in the signed policy.
  if ((await recipientOf(opened.identity)) !== parseHybridRecipient(policy.bi)) throw mismatch();
  return opened;
}

/** The manifest that the grant names; where the server lost it, the newest other one that the owner signed, and that is said. */
async function openNewest(
  view: AccountView,
  { identity, grant }: OpenedGeneration,
  { account, b, g }: BequestPlace,
  bundle: Bundle,
): Promise<{ manifest: Manifest; isOlder: boolean }> {
  const named = encodeBase64url(grant.manifestHash);
  const found = bundle.manifests
    .map(({ body }) => decodeBase64url(body))
    .map((file) => ({ file, signed: manifestByHash(view, b, g, encodeBase64url(manifestHash(file))) }))
    .flatMap(({ file, signed }) => (signed === null ? [] : [{ file, signed }]))
    .sort((x, y) => y.signed.mseq - x.signed.mseq);
  const chosen = found.find(({ signed }) => signed.manifestHash === named) ?? found[0];
  if (chosen === undefined)
    throw new RefusedError("manifest-missing", "The server no longer has the list of what was left to you.");
  const expected = { hash: decodeBase64url(chosen.signed.manifestHash), account, b, g };
  return {
    manifest: await openManifest(identity, chosen.file, expected),
    isOlder: chosen.signed.manifestHash !== named,
  };
}

async function unmatched<T>(verify: () => T | Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof DecryptionError || error instanceof StatementError) throw mismatch(error);
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
