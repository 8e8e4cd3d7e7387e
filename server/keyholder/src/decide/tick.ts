import type { KeyholderParts } from "../parts.ts";
import { listDueBequests } from "../store/bequests.ts";
import { callOwner } from "./call-owner.ts";
import { holdEverything } from "./hold-everything.ts";
import { settle } from "./settle.ts";

const batch = 500;

/**
 * One tick: a probe, the time since the last tick, then whatever became due by the keyholder's own record. One bequest that fails
 * does not keep the others waiting; its error is given to `onError`.
 */
export async function tick(parts: KeyholderParts, onError: (error: unknown) => void): Promise<void> {
  await parts.probe.run();
  parts.time.advance();
  // Why a hold: receipts were given by a wall time that will not come for long, and what they said must not be broken.
  if (parts.time.isDoubtOver()) {
    holdEverything(parts, { before: () => parts.time.trustWall(), renews: false });
    parts.time.reload();
  }
  if (parts.time.isStopped()) return;
  for (const { account, b } of listDueBequests(parts.store, parts.time.now().attendedMs, batch)) {
    try {
      settle(parts, account, b);
    } catch (error) {
      onError(error);
    }
  }
}

/**
 * Sends the last calls that are due. Apart from the tick, because mail servers are slow and time must go on: one that does not
 * answer delays the calls, never the clock.
 */
export async function callOwners(parts: KeyholderParts, onError: (error: unknown) => void): Promise<void> {
  if (parts.time.isStopped()) return;
  for (const due of listDueBequests(parts.store, parts.time.now().attendedMs, batch)) {
    await callOwner(parts, due).catch(onError);
  }
}
