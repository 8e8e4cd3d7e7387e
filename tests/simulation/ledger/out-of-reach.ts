import { dayMs } from "../world/time.ts";
import type { BequestFacts, Moment } from "./facts.ts";

/** The extra interval of the policies here. */
const unreachableExtraMs = 60 * dayMs;
/** The longest that it takes: five tries on as many days within two weeks, the extra interval, and a day more for each phase. */
export const unreachableMs = 14 * dayMs + unreachableExtraMs + 3 * dayMs;

/**
 * From when on an owner counts as out of reach: tries on five days, fourteen days since the first, and the extra interval, in time that may have
 * been credited. Infinite before. Why whatever was taken in between: a keyholder that died before it wrote that down counts on.
 */
export function goneAt({ vain, heard }: BequestFacts): number {
  const days: Moment[] = [];
  for (const one of vain) {
    const last = days.at(-1);
    if (one.at >= heard.at && (last === undefined || one.served - last.served >= dayMs)) days.push(one);
  }
  const [first, fifth] = [days[0], days[4]];
  if (first === undefined || fifth === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(fifth.served, first.served + 14 * dayMs) + unreachableExtraMs;
}
