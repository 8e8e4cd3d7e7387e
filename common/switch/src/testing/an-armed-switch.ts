import { applyFirstPolicy } from "../bind.ts";
import type { SwitchHistory } from "../history.ts";
import { dayMs, hourMs, type SwitchPolicy } from "../policy.ts";

export const days = (count: number) => count * dayMs;
export const hours = (count: number) => count * hourMs;

/** 30 days, grace 14 days, last call 72 hours; anna at once, ben five days later. */
export function aPolicy(changes: Partial<SwitchPolicy> = {}): SwitchPolicy {
  return {
    id: "policy-1",
    g: 1,
    times: { interval: days(30), reminders: [days(15), days(22), days(27)], grace: days(14), lastCall: hours(72) },
    classes: ["signed", "token"],
    weakMax: days(60),
    unreachableExtra: days(60),
    recipients: [aRecipient("anna"), aRecipient("ben", { delay: days(5) })],
    requests: [],
    guardians: null,
    contacts: ["contact-1"],
    acceptUnverified: false,
    keyholders: ["keyholder-1"],
    k: 1,
    n: 1,
    ...changes,
  };
}

export function aRecipient(r: string, changes: Partial<SwitchPolicy["recipients"][number]> = {}) {
  return { r, key: `key-of-${r}`, verified: "words" as const, delay: 0, ...changes };
}

/** A switch whose first policy was bound at attended time `at` (0). Silence begins there. */
export function anArmedSwitch({ policy = aPolicy(), at = 0, isWithKit = false } = {}): {
  policy: SwitchPolicy;
  history: SwitchHistory;
} {
  return { policy, history: applyFirstPolicy(policy, isWithKit, at) };
}
