import type { KeyholderParts } from "../parts.ts";
import { type DuePlace, listDueBequests } from "../store/bequests.ts";
import { inBatches } from "./in-batches.ts";
import { requireHearableOnce } from "./require-hearable.ts";
import { settle } from "./settle.ts";

/** Settles everything that is due at this moment. */
export function settleDue(parts: KeyholderParts): Promise<void> {
  const moment = parts.time.now();
  const { attendedMs } = moment;
  const next = (after: DuePlace, limit: number) => listDueBequests(parts.store, "settle", { attendedMs, after, limit });
  const settling = { ...moment, requireHearable: requireHearableOnce(parts, attendedMs) };
  return inBatches(parts, { next, change: (place) => settle(parts, place, settling) });
}
