import { dayMs, hourMs } from "../world/time.ts";

/** How people live: `ordinary` as nearly everybody does, `eventful` as nobody would for long, because faults are found where something happens. */
export type Lives = "ordinary" | "eventful";

export type Habits = {
  /** Parts of all visits that come in time, before the last call is over, and soon after it; the others come much later. */
  readonly inTime: number;
  readonly beforeTheEnd: number;
  readonly soonAfter: number;
  /** Part of all visits at which an owner does nothing but check in, whatever else there would be to do. */
  readonly justChecksIn: number;
  readonly shortestIntervalMs: number;
  /** Where in the interval the reminders are, as owners choose them. */
  readonly reminders: readonly (readonly number[])[];
  /** Part of all owners whom no mail reaches. */
  readonly isOutOfReach: number;
  /** How often a vault's people try whether there is something for them, and ask, in the mean. */
  readonly triesEveryMs: number;
  readonly asksEveryMs: number;
};

export const habitsOf: Readonly<Record<Lives, Habits>> = {
  eventful: {
    ...{ inTime: 0.55, beforeTheEnd: 0.7, soonAfter: 0.85, justChecksIn: 0, shortestIntervalMs: 24 * hourMs },
    ...{ reminders: [[0.5], [0.9], [0.5, 0.75, 0.9], [0.25, 0.5, 0.75, 0.9]] },
    ...{ isOutOfReach: 0.1, triesEveryMs: 40 * dayMs, asksEveryMs: 200 * dayMs },
  },
  ordinary: {
    ...{ inTime: 0.94, beforeTheEnd: 0.97, soonAfter: 0.98, justChecksIn: 0.7, shortestIntervalMs: 30 * dayMs },
    ...{ reminders: [[0.9], [0.75, 0.9]] },
    ...{ isOutOfReach: 0.02, triesEveryMs: 365 * dayMs, asksEveryMs: 730 * dayMs },
  },
};
