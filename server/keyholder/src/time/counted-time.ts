import { z } from "zod";
import type { Pace } from "./pace.ts";
import { isBeforeFloor } from "./wall-floor.ts";

export const countedSchema = z.strictObject({ untilMs: z.int(), aheadMs: z.int(), seenMs: z.int() });

/**
 * Up to which wall time all time that passed is counted, and by how much the machine's clock was ahead of that when it leapt; running, for how long it has been seen to be at
 * least so far ahead. Zero where nothing is counted yet.
 */
export type CountedTime = Readonly<z.infer<typeof countedSchema>>;

export const nothingCounted: CountedTime = { untilMs: 0, aheadMs: 0, seenMs: 0 };

type Reading = {
  readonly wallMs: number;
  readonly elapsedMs: number;
  /** What is recorded with this reading: never less is counted. */
  readonly recordedWall: number;
};

/**
 * How much time passed since the reading before, ms, where nothing is decided from it but from when an outage is measured. A leap of the wall clock counts as time that passed once it was seen for an hour of running, in one
 * process or in many: a machine that is off or asleep more often than hourly never shows its recorded wall a leap that stays.
 *
 * Why less than the recorded wall asks for: a leap that is wrong says for a week that less was attended. Why an hour all the same: a clock that is set to 2040 and back says nothing of the time between.
 * @param mayBelieve as for the recorded wall, where an outside clock is configured
 */
export function countTime(
  { untilMs, aheadMs, seenMs }: CountedTime,
  { wallMs, elapsedMs, recordedWall }: Reading,
  { slackMs, leapBelievedMs }: Pick<Pace, "slackMs" | "leapBelievedMs">,
  mayBelieve: (seenMs: number) => boolean,
): { passedMs: number; counted: CountedTime } {
  // Why nothing of the leap: it is of a store that begins to count, or of a clock without a battery that is set right.
  if (isBeforeFloor(untilMs)) {
    return { passedMs: elapsedMs, counted: { ...nothingCounted, untilMs: Math.floor(Math.max(wallMs, recordedWall)) } };
  }
  const expected = untilMs + elapsedMs;
  // Why back with the wall, unless that is in doubt: a count that began in another year would else see no leap for years.
  const mostly = wallMs < recordedWall ? expected : Math.min(expected, wallMs);
  const reached = Math.floor(Math.max(recordedWall, mostly));
  const leapMs = Math.max(0, Math.floor(wallMs) - reached);
  const upTo = (ms: number, leap: Omit<CountedTime, "untilMs">) => ({
    passedMs: elapsedMs + Math.max(0, ms - expected),
    counted: { untilMs: ms, ...leap },
  });
  if (leapMs <= slackMs) return upTo(reached + leapMs, { aheadMs: 0, seenMs: 0 });
  if (aheadMs === 0 || leapMs < aheadMs - slackMs) return upTo(reached, { aheadMs: leapMs, seenMs: 0 });
  const seen = Math.floor(seenMs + elapsedMs);
  if (seen < leapBelievedMs || !mayBelieve(seen)) return upTo(reached, { aheadMs, seenMs: seen });
  // Why the rest begins anew: it came since, and its own hour is not over.
  const believedMs = Math.min(leapMs, aheadMs);
  return upTo(reached + believedMs, { aheadMs: leapMs - believedMs, seenMs: 0 });
}
