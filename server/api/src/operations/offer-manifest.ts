import { AfterkeepError, DependencyError, InvariantError, RateLimitedError } from "@afterkeep/platform";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, type Tx } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { readUsage } from "../storage/documents.ts";
import {
  countOffers,
  deleteOffer,
  deleteOlderOffers,
  insertOffer,
  isOffered,
  type OfferRow,
} from "../storage/manifest-offers.ts";
import { isManifestStored } from "../storage/manifests.ts";
import { quotaExceeded } from "./document-refusals.ts";
import { healStatements } from "./heal-statements.ts";
import { type Manifest, requireReady } from "./manifest-readiness.ts";

/** Of one vault or bequest; more than one is open only while keyholder or database fail. */
const offersAtMost = 4;

/**
 * Keeps a manifest that is ready before the keyholder is asked about it, so that its word can be made good whatever happens then. Until it
 * is stored or refused, nothing that it names is removed. Sent again, nothing of it is judged anew.
 */
export async function offerManifest(call: Call<OwnerActor>, manifest: Manifest): Promise<OfferRow> {
  const { b } = manifest.input;
  // Why healed first: what makes place must not be one that the keyholder took.
  if ((await inOwnTenant(call, (tx) => countOffers(tx, b))) >= offersAtMost)
    await healStatements(call, call.actor.tenant);
  const offer = offerOf(call, manifest);
  await inOwnTenant(call, (tx) => keepOffer(call, tx, manifest, offer));
  return offer;
}

async function keepOffer(call: Call<OwnerActor>, tx: Tx, manifest: Manifest, offer: OfferRow): Promise<void> {
  // Why locked: whoever removes a version does so under this lock too, and sees the offer or goes first.
  await lockAccount(tx);
  const { statement_id } = offer;
  if ((await isManifestStored(tx, statement_id)) || (await isOffered(tx, statement_id))) return;
  await requireReady(call, tx, manifest);
  await requireRoom(call, tx, offer);
  await insertOffer(tx, offer);
  await deleteOlderOffers(tx, offer, offersAtMost);
}

// Why only what brings metadata: a manifest that takes documents out must always find place.
async function requireRoom({ services }: Call, tx: Tx, { metadata }: OfferRow): Promise<void> {
  const wanted = bytesOf(metadata);
  if (wanted === 0) return;
  const { bytes: used } = await readUsage(tx);
  const quota = services.limits.quotaBytes;
  if (used + wanted > quota) throw quotaExceeded({ used, quota, wanted });
}

/** Ends the offer of a manifest that the keyholder said no to. Why nothing else does: it may have been accepted. */
export async function withdrawRefused(
  call: Call<OwnerActor>,
  { statement_id }: OfferRow,
  error: unknown,
): Promise<void> {
  const isUnknown = [DependencyError, InvariantError, RateLimitedError].some((kind) => error instanceof kind);
  if (error instanceof AfterkeepError && !isUnknown) await inOwnTenant(call, (tx) => deleteOffer(tx, statement_id));
}

function offerOf(call: Call<OwnerActor>, { input, bytes, statement, revisions }: Manifest): OfferRow {
  const brought = new Map(revisions.map(({ doc, ver, rev, metadata }) => [`${doc} ${ver} ${rev}`, metadata]));
  const metadata = input.entries.map(({ doc, ver, rev }) => brought.get(`${doc} ${ver} ${rev}`) ?? null);
  return {
    tenant: call.actor.tenant,
    statement_id: statement.id,
    b: input.b,
    g: input.g,
    mseq: input.mseq,
    body: bytes,
    docs: input.entries.map(({ doc }) => doc),
    vers: input.entries.map(({ ver }) => ver),
    revs: input.entries.map(({ rev }) => rev),
    header_revs: input.entries.map(({ headerRev = -1 }) => headerRev),
    metadata,
    size: bytes.length + bytesOf(metadata),
    offered_at: call.services.realClock.nowMs(),
  };
}

function bytesOf(metadata: OfferRow["metadata"]): number {
  return metadata.reduce((sum, one) => sum + (one?.length ?? 0), 0);
}
