import { inTenant } from "@afterkeep/platform";
import { callOfOurs } from "../context/call-of-ours.ts";
import type { Services } from "../services.ts";
import { findOldOffers } from "../storage/lookups.ts";
import { deleteOffersBefore } from "../storage/manifest-offers.ts";
import { healStatements } from "./heal-statements.ts";

/** Real time after which what was offered and never accepted is forgotten. */
const offeredForMs = 30 * 24 * 3_600_000;

/**
 * Ends offers that are 30 days old. Why the keyholder is asked once more: the owner of one that it accepted may not have come back since,
 * and their list must be stored, not forgotten. While it does not answer, they stay.
 */
export async function settleOffers(services: Services): Promise<void> {
  const before = services.realClock.nowMs() - offeredForMs;
  for (const tenant of await findOldOffers(services.db, before)) {
    try {
      await healStatements(callOfOurs(services), tenant);
      await inTenant(services.db, { tenant, actor: null }, (tx) => deleteOffersBefore(tx, before));
    } catch (err) {
      services.logger.warn({ event: "offers-not-settled", tenant, err });
    }
  }
}
