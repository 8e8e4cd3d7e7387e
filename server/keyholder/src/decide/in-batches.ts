import { setImmediate as breathe } from "node:timers/promises";
import type { KeyholderParts } from "../parts.ts";
import { isOfTheDisk } from "../store/store.ts";
import { beforeAll, type BequestPlace, type DuePlace } from "../store/bequests.ts";

/** How much one commit may hold, and for how many real ms it may keep a check-in waiting. */
const batch = 256;
const budgetMs = 20;

type Walk = {
  /** The next places from after one on, at most `limit`; none where the walk is over. */
  readonly next: (after: DuePlace, limit: number) => DuePlace[];
  /** Called inside a commit. */
  readonly change: (place: BequestPlace) => void;
};

/**
 * Changes very many bequests, many a commit and requests served in between. One that fails keeps no other waiting: its change alone is undone, its error
 * is given to `onError`, and the next tick meets it again.
 */
export async function inBatches(parts: KeyholderParts, walk: Walk): Promise<void> {
  for (let after = beforeAll; ; await breathe()) {
    parts.sharedCommit.flush();
    const places = walk.next(after, batch);
    if (places.length === 0) return;
    const errors: unknown[] = [];
    try {
      after = parts.store.commit(() => changeSome(parts, places, walk.change, errors));
    } catch (error) {
      if (!isOfTheDisk(error)) throw error;
      after = places.at(-1) ?? after;
      changeOneByOne(parts, places, walk.change, errors);
    }
    errors.forEach(parts.onError);
  }
}

/** Why: SQLite lets nothing more be written in a commit in which the disk did not give a page, so one record would keep all others of its batch waiting for ever. */
function changeOneByOne(
  parts: KeyholderParts,
  places: readonly DuePlace[],
  change: Walk["change"],
  errors: unknown[],
): void {
  for (const place of places) {
    try {
      parts.store.commit(() => change(place));
    } catch (error) {
      errors.push(error);
    }
  }
}

/** Answers how far it got. */
function changeSome(
  parts: KeyholderParts,
  places: readonly DuePlace[],
  change: Walk["change"],
  errors: unknown[],
): DuePlace {
  const endsAt = parts.realClock.monotonicMs() + budgetMs;
  let done = beforeAll;
  for (const place of places) {
    try {
      parts.store.attempt(() => change(place));
    } catch (error) {
      errors.push(error);
    }
    done = place;
    if (parts.realClock.monotonicMs() >= endsAt) break;
  }
  return done;
}
