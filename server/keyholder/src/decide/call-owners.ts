import { frozenBy } from "../freeze/frozen-by.ts";
import type { KeyholderParts } from "../parts.ts";
import { beforeAll, type DuePlace, listDueBequests } from "../store/bequests.ts";
import { beginCall, noteCall, placeCall } from "./call-owner.ts";

/** Calls that are on their way at once. What is written before and after them is one commit each. */
const batch = 32;

/**
 * Sends the calls that are due. Apart from the tick, because mail servers are slow and time must go on: one that does not answer
 * delays the calls, never the clock. A call that fails keeps no other waiting.
 */
export async function callOwners(parts: KeyholderParts): Promise<void> {
  const { attendedMs } = parts.time.now();
  let after: DuePlace | undefined = beforeAll;
  // Why before each batch, and from clock and store: whatever wakes a call, none is made while everything stands still.
  while (after !== undefined && frozenBy(parts) === null) {
    const due: DuePlace[] = listDueBequests(parts.store, "call", { attendedMs, after, limit: batch });
    await callBatch(parts, due).catch(parts.onError);
    after = due.at(-1);
  }
}

async function callBatch(parts: KeyholderParts, due: readonly DuePlace[]) {
  if (due.length === 0) return;
  const errors: unknown[] = [];
  const calls = parts.store.commit(() =>
    due.flatMap((place) => attempt(parts, errors, () => beginCall(parts, place)) ?? []),
  );
  const placed = await Promise.all(calls.map((call) => placeCall(parts, call)));
  const { attendedMs } = parts.time.advance();
  parts.store.commit(() => {
    for (const call of placed) attempt(parts, errors, () => noteCall(parts, call, attendedMs));
  });
  errors.forEach(parts.onError);
}

function attempt<Result>(parts: KeyholderParts, errors: unknown[], change: () => Result): Result | null {
  try {
    return parts.store.attempt(change);
  } catch (error) {
    errors.push(error);
    return null;
  }
}
