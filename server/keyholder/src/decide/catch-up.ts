import type { KeyholderParts } from "../parts.ts";
import { type BequestPlace, type DuePlace, findBequest, listBehind, noteTakenIn } from "../store/bequests.ts";
import { newestEvent } from "../store/events.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import { inBatches } from "./in-batches.ts";

/**
 * Writes into every record what befell all bequests since it was last written: only for the clock zone to hear of it, and for the timers. Whoever reads a
 * record before has the same of it, so it does not matter when this comes, or where it was broken off.
 */
export function catchUp(parts: KeyholderParts): Promise<void> {
  const { store, time } = parts;
  const newest = newestEvent(store);
  const next = (after: DuePlace, limit: number) => listBehind(store, { newest, after, limit });
  const change = ({ account, b }: BequestPlace) => {
    const bequest = findBequest(store, account, b);
    if (bequest === null) return;
    // Why not written anew: most outages befall people who are not being asked anything, and nothing about them changes.
    if (bequest.isAhead === true) saveBequest(store, bequest, time.now().attendedMs);
    else noteTakenIn(store, bequest);
  };
  return inBatches(parts, { next, change });
}
