import { dayMs } from "@afterkeep/switch";
import { z } from "zod";
import { countedSchema, nothingCounted } from "./counted-time.ts";

const daysOfWeek = 7;
/** Below so much of a week its owners and operators are told (protocol §5). */
const enoughPercent = 90;

const partOfDay = z.int().min(0).max(dayMs);
const weekSchema = z.strictObject({
  days: z.array(partOfDay).max(daysOfWeek),
  passedMs: partOfDay,
  attendedMs: partOfDay,
  counted: countedSchema,
});

/**
 * How much was attended of each of the last seven whole days, oldest first, and of the one that runs; fewer in a younger store. Days of time that passed, by
 * whichever clock saw more of it, so no clock that is set to and fro moves one.
 */
export type AttendedWeek = Readonly<z.infer<typeof weekSchema>>;

export const noWeek: AttendedWeek = { days: [], passedMs: 0, attendedMs: 0, counted: nothingCounted };

/**
 * As the store has it; the empty text is of a store that counts from now on. Never throws: what is only for showing keeps no keyholder from starting. What cannot be
 * read is begun anew, and its error given to `onError`.
 */
export function readWeek(text: string, onError: (error: unknown) => void): AttendedWeek {
  if (text === "") return noWeek;
  try {
    return weekSchema.parse(JSON.parse(text));
  } catch (error) {
    onError(error);
    return noWeek;
  }
}

/**
 * Time passed, the last part of which was attended, ms. In one step or in many: the same week.
 * @param attendedMs at most `passedMs`
 */
export function passWeek(week: AttendedWeek, passedMs: number, attendedMs: number): AttendedWeek {
  const attended = Math.floor(attendedMs);
  return passAll(passAll(week, Math.floor(passedMs) - attended, false), attended, true);
}

function passAll(week: AttendedWeek, ms: number, isAttended: boolean): AttendedWeek {
  const { days, passedMs, attendedMs } = week;
  const total = passedMs + ms;
  const ended = Math.floor(total / dayMs);
  const share = (part: number) => (isAttended ? part : 0);
  if (ended === 0) return { ...week, passedMs: total, attendedMs: attendedMs + share(ms) };
  const others = Array.from({ length: Math.min(ended - 1, daysOfWeek) }, () => share(dayMs));
  return {
    ...week,
    days: [...days, attendedMs + share(dayMs - passedMs), ...others].slice(-daysOfWeek),
    passedMs: total % dayMs,
    attendedMs: share(total % dayMs),
  };
}

/** Of the last seven whole days, in whole percent, where it was too little; null where it was enough, or there are not as many days yet. */
export function shortPercent({ days }: AttendedWeek): number | null {
  if (days.length < daysOfWeek) return null;
  const percent = Math.floor((100 * days.reduce((sum, ms) => sum + ms, 0)) / (daysOfWeek * dayMs));
  return percent < enoughPercent ? percent : null;
}
