import { defaultTimes } from "@afterkeep/switch";
import type { DraftRecipient, SwitchTimes } from "./labels.ts";

/** The limits that this version chooses for an owner: how long weak signs extend, and the extra wait when they cannot be reached. */
export function policyLimits(times: SwitchTimes): { readonly weakMax: number; readonly unreachableExtra: number } {
  const { weakMax, unreachableExtra } = defaultTimes(times.interval);
  return { weakMax, unreachableExtra };
}

/** Who may ask for a bequest, as its policy says it. */
export function requestsOf(recipients: readonly DraftRecipient[]): { r: string; wait: number }[] {
  return recipients.flatMap(({ r, requestWait = 0 }) => (requestWait === 0 ? [] : [{ r, wait: requestWait }]));
}
