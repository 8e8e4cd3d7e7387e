import { setImmediate as breathe } from "node:timers/promises";
import type { KeyholderParts } from "../parts.ts";
import { beforeAll, type DuePlace, listDueBequests } from "../store/bequests.ts";
import type { Moment } from "../time/attended-time.ts";
import { settle } from "./settle.ts";

/** How much one commit may hold, and for how many real ms it may keep a check-in waiting. */
const batch = 256;
const budgetMs = 20;

/**
 * Settles everything that is due at this moment, many bequests a commit and requests served in between. One bequest that fails keeps
 * no other waiting: its change alone is undone, its error is given to `onError`, and the next tick meets it again.
 */
export async function settleDue(parts: KeyholderParts, onError: (error: unknown) => void): Promise<void> {
  const moment = parts.time.now();
  const { attendedMs } = moment;
  for (let after = beforeAll; ; await breathe()) {
    parts.sharedCommit.flush();
    const due = listDueBequests(parts.store, "settle", { attendedMs, after, limit: batch });
    if (due.length === 0) return;
    const errors: unknown[] = [];
    after = parts.store.commit(() => settleSome(parts, due, moment, errors));
    errors.forEach(onError);
  }
}

/** Answers how far it got. Call inside a commit. */
function settleSome(parts: KeyholderParts, due: readonly DuePlace[], moment: Moment, errors: unknown[]): DuePlace {
  const endsAt = parts.realClock.monotonicMs() + budgetMs;
  let settled = beforeAll;
  for (const place of due) {
    try {
      parts.store.attempt(() => settle(parts, place.account, place.b, moment));
    } catch (error) {
      errors.push(error);
    }
    settled = place;
    if (parts.realClock.monotonicMs() >= endsAt) break;
  }
  return settled;
}
