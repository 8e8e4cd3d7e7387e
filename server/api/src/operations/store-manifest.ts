import { zeroId } from "@afterkeep/statements";
import type { Call, Tx } from "../context/call.ts";
import { deleteUnnamedRevisions, insertRevisions, type Revision } from "../storage/document-metadata.ts";
import { commitDocuments, confirmHeaders, type DocumentKey, type HeaderKey } from "../storage/documents.ts";
import { deleteOffersUpTo, type OfferRow } from "../storage/manifest-offers.ts";
import { deleteOldManifests, insertManifest, keptManifests, readManifests } from "../storage/manifests.ts";

/**
 * Stores an offered manifest whose statement the keyholder accepted and is stored, with what it brought and confirmed, and ends its offer.
 * The vault's newest commits the documents that it names. Under the account's lock: two that were accepted one after the other must not be
 * stored the other way round.
 */
export async function storeManifest(call: Call, tx: Tx, offer: OfferRow, at: number): Promise<void> {
  const { tenant, b, g, mseq, body, statement_id, docs, vers, revs } = offer;
  const [newest] = await readManifests(tx, { b, g, limit: 1 });
  // Why: one that was pushed out comes back only by replay, and a replay's lists are nobody's word.
  const isPushedOut = newest !== undefined && newest.mseq >= mseq + keptManifests;
  const row = { tenant, b, g, mseq, body, statement_id, docs, vers, revs, created_at: at };
  // Why not over a stored one: whoever sends a statement again must not change what it named the first time.
  if (!isPushedOut && (await insertManifest(tx, row))) {
    await insertRevisions(tx, tenant, revisionsOf(offer));
    await confirmHeaders(tx, headersOf(offer));
    const isNewest = newest === undefined || newest.mseq < mseq;
    if (b === zeroId && isNewest) await commitDocuments(tx, versionsOf(offer), call.services.realClock.nowMs());
    await deleteOldManifests(tx, offer);
  }
  await deleteOffersUpTo(tx, offer);
  await deleteUnnamedRevisions(tx);
}

function versionsOf({ docs, vers }: OfferRow): DocumentKey[] {
  return docs.map((doc, i) => ({ doc, ver: vers[i] ?? "" }));
}

function revisionsOf(offer: OfferRow): Revision[] {
  return versionsOf(offer).flatMap((key, i) => {
    const metadata = offer.metadata[i] ?? null;
    return metadata === null ? [] : [{ ...key, rev: offer.revs[i] ?? 0, metadata }];
  });
}

function headersOf(offer: OfferRow): HeaderKey[] {
  return versionsOf(offer).flatMap((key, i) => {
    const headerRev = offer.header_revs[i] ?? -1;
    return headerRev < 0 ? [] : [{ ...key, headerRev }];
  });
}
