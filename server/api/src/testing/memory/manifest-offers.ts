import type * as real from "../../storage/manifest-offers.ts";
import { DatabaseError, type MemoryTransaction, statementIn } from "./memory-database.ts";
import { keyOf, type OfferRow } from "./memory-rows.ts";

const ownOffers = (own: MemoryTransaction) => own.rowsUnder(own.tables.manifest_offer, "tenant", own.tenant ?? "");

export const insertOffer: typeof real.insertOffer = async (tx, row) =>
  statementIn(tx, async (own) => {
    const { account, manifest_offer } = own.tables;
    own.requireSeen(row.tenant, manifest_offer.name);
    const place = keyOf.offer(row.tenant, row.statement_id);
    if (!(await own.isFree(manifest_offer, place))) return;
    await own.share(account, row.tenant);
    if (own.get(account, row.tenant) === undefined) throw new DatabaseError("manifest_offer_tenant_fkey");
    own.write(manifest_offer, place, row);
  });

const offerIn = (own: MemoryTransaction, id: Buffer) =>
  own.get(own.tables.manifest_offer, keyOf.offer(own.tenant ?? "", id));

export const readOffer: typeof real.readOffer = async (tx, id) =>
  statementIn(tx, async (own) => offerIn(own, id) ?? null);

export const isOffered: typeof real.isOffered = async (tx, id) =>
  statementIn(tx, async (own) => offerIn(own, id) !== undefined);

export const countOffers: typeof real.countOffers = async (tx, b) =>
  statementIn(tx, async (own) => ownOffers(own).filter(([, row]) => row.b === b).length);

/** Rows that a delete finds, held; those that are gone or changed by then are left. */
async function removeAll(own: MemoryTransaction, isMeant: (row: OfferRow) => boolean): Promise<void> {
  const { manifest_offer } = own.tables;
  for (const [key, found] of ownOffers(own)) {
    if (!isMeant(found)) continue;
    await own.lock(manifest_offer, key);
    const now = own.get(manifest_offer, key);
    if (now !== undefined && isMeant(now)) own.remove(manifest_offer, key);
  }
}

export const deleteOlderOffers: typeof real.deleteOlderOffers = async (tx, { b, statement_id }, kept) =>
  statementIn(tx, async (own) => {
    const others = ownOffers(own)
      .map(([, row]) => row)
      .filter((row) => row.b === b && !row.statement_id.equals(statement_id));
    const older = others.sort((x, y) => y.offered_at - x.offered_at || y.mseq - x.mseq).slice(kept - 1);
    await removeAll(own, (row) => older.some((one) => one.statement_id.equals(row.statement_id)));
  });

export const deleteOffer: typeof real.deleteOffer = async (tx, id) =>
  statementIn(tx, async (own) => removeAll(own, (row) => row.statement_id.equals(id)));

export const deleteOffersUpTo: typeof real.deleteOffersUpTo = async (tx, { b, g, mseq }) =>
  statementIn(tx, async (own) => removeAll(own, (row) => row.b === b && row.g === g && row.mseq <= mseq));

export const deleteOffersBefore: typeof real.deleteOffersBefore = async (tx, before) =>
  statementIn(tx, async (own) => removeAll(own, (row) => row.offered_at < before));
