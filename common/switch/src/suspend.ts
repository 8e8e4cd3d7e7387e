import type { SwitchHistory } from "./history.ts";
import { weakPutOffMs } from "./policy.ts";

/**
 * A weak sign under a decision: whoever sent it may be an owner who has nothing but their mailbox, or somebody who reads a dead person's mail. So it
 * keeps back what was not fetched, for three days and once, and the release then goes on by itself. Source: protocol §5, Return; docs/decisions/0020.
 */
export function suspendRelease(
  history: SwitchHistory,
  decision: NonNullable<SwitchHistory["decision"]>,
  attendedNow: number,
): SwitchHistory {
  return { ...history, decision: { ...decision, suspendedUntilAttended: attendedNow + weakPutOffMs } };
}

/** Whether the present decision was suspended, now or before: it is once. */
export function wasSuspended({ decision }: SwitchHistory): boolean {
  return decision?.suspendedUntilAttended !== undefined;
}

/** Attended ms for which a suspended decision gives nothing yet; 0 where nothing is suspended (any more). */
export function suspendedFor({ decision }: SwitchHistory, attendedNow: number): number {
  return Math.max(0, (decision?.suspendedUntilAttended ?? attendedNow) - attendedNow);
}
