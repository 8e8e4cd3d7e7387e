import { defaultTimes, type SignClass, signClasses, type WeakClass } from "@afterkeep/switch";
import type { BequestDraft, DraftRecipient, SwitchTimes } from "./labels.ts";

/** The limits that this version chooses for an owner: how long weak signs extend, and the extra wait when they cannot be reached. */
export function policyLimits(times: SwitchTimes): { readonly weakMax: number; readonly unreachableExtra: number } {
  const { weakMax, unreachableExtra } = defaultTimes(times.interval);
  return { weakMax, unreachableExtra };
}

/** What counts for a while beside the owner's own check-ins. Why no more unless it was chosen: a job must not keep a dead owner's bequest waiting. */
export function weakOf({ weak = ["token"] }: Pick<BequestDraft, "weak">): readonly WeakClass[] {
  return weak;
}

/** The same, as a policy says it. */
export function classesOf(draft: Pick<BequestDraft, "weak">): SignClass[] {
  const chosen: readonly SignClass[] = ["signed", ...weakOf(draft)];
  return signClasses.filter((one) => chosen.includes(one));
}

/** How far that carries beyond the last check-in of the owner's own, ms. */
export function weakMaxOf(times: SwitchTimes): number {
  return policyLimits(times).weakMax;
}

/** Who may ask for a bequest, as its policy says it. */
export function requestsOf(recipients: readonly DraftRecipient[]): { r: string; wait: number }[] {
  return recipients.flatMap(({ r, requestWait = 0 }) => (requestWait === 0 ? [] : [{ r, wait: requestWait }]));
}
