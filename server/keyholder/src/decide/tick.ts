import type { KeyholderParts } from "../parts.ts";
import { listDueBequests } from "../store/bequests.ts";
import { callOwner } from "./call-owner.ts";
import { settle } from "./settle.ts";

const batch = 500;

/**
 * One tick: a probe, the time since the last tick, then whatever became due by the keyholder's own record. One bequest that fails
 * does not keep the others waiting; its error is given to `onError`.
 */
export async function tick(parts: KeyholderParts, onError: (error: unknown) => void): Promise<void> {
  await parts.probe.run();
  parts.time.advance();
  if (parts.time.isStopped()) return;
  for (const { account, b } of listDueBequests(parts.store, parts.time.now().attendedMs, batch)) {
    try {
      settle(parts, account, b);
      await callOwner(parts, { account, b });
    } catch (error) {
      onError(error);
    }
  }
}
