import { dayMs } from "@afterkeep/switch";
import type { SwitchTimes } from "./labels.ts";

/** The limits that this version chooses for an owner: two intervals of weak signs, one interval (at least 60 days) when unreachable. */
export function policyLimits(times: SwitchTimes): { readonly weakMax: number; readonly unreachableExtra: number } {
  return { weakMax: 2 * times.interval, unreachableExtra: Math.max(times.interval, 60 * dayMs) };
}
