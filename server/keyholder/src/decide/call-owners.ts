import { setTimeout as delay } from "node:timers/promises";
import { frozenBy } from "../freeze/frozen-by.ts";
import type { KeyholderParts } from "../parts.ts";
import { type BequestPlace, beforeAll, type DuePlace, listDueBequests } from "../store/bequests.ts";
import { beginCall, noteCall, type PlacedCall, placeCall } from "./call-owner.ts";

/** Calls that are begun together. What is written before and after them is one commit each. */
const batch = 32;
/** Calls that are on their way at once: so many must a mail server let wait for minutes before others wait too. */
const mostAtOnce = 64;

/** Calls that are on their way, by what they are about. */
export type UnderWay = Map<string, Promise<void>>;

/**
 * Sends the calls that are due. Apart from the tick, because mail servers are slow and time must go on: one that does not answer
 * delays the calls, never the clock. A call that fails keeps no other waiting, and one that is not taken within `turnMs` of real time goes on beside those after it.
 */
export async function callOwners(parts: KeyholderParts, underWay: UnderWay, turnMs: number): Promise<void> {
  const { attendedMs } = parts.time.now();
  let after: DuePlace | undefined = beforeAll;
  // Why before each batch, and from clock and store: whatever wakes a call, none is made while everything stands still.
  while (after !== undefined && underWay.size < mostAtOnce && frozenBy(parts) === null) {
    const due: DuePlace[] = listDueBequests(parts.store, "call", { attendedMs, after, limit: batch });
    // Why: a call may be due again, by its own record, while a slow server still has it.
    const free = due.filter((place) => !underWay.has(nameOf(place)));
    await callBatch(parts, free, underWay, turnMs).catch(parts.onError);
    after = due.at(-1);
  }
}

const nameOf = ({ account, b }: BequestPlace) => `${account} ${b}`;

async function callBatch(parts: KeyholderParts, due: readonly DuePlace[], underWay: UnderWay, turnMs: number) {
  if (due.length === 0) return;
  const errors: unknown[] = [];
  const calls = parts.store.commit(() =>
    due.flatMap((place) => attempt(parts, errors, () => beginCall(parts, place)) ?? []),
  );
  errors.forEach(parts.onError);
  const placed: PlacedCall[] = [];
  const turn = new AbortController();
  const sendings = calls.map((call) => {
    const name = nameOf(call.bequest);
    const sending = placeCall(parts, call)
      .then((one) => (turn.signal.aborted ? noteCalls(parts, [one]) : void placed.push(one)))
      .catch(parts.onError)
      .finally(() => underWay.delete(name));
    underWay.set(name, sending);
    return sending;
  });
  await Promise.race([
    Promise.all(sendings),
    delay(turnMs, undefined, { signal: turn.signal, ref: false }).catch(() => {}),
  ]);
  turn.abort();
  noteCalls(parts, placed);
}

function noteCalls(parts: KeyholderParts, placed: readonly PlacedCall[]): void {
  if (placed.length === 0) return;
  const errors: unknown[] = [];
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
