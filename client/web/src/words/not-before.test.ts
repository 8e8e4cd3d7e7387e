import { dayMs } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";
import { formatMoment } from "./dates.ts";
import { notBefore } from "./not-before.ts";
import { describeSilence } from "./times-in-words.ts";

const reader = { locale: "en-GB", timeZone: "UTC" };
const from = Date.UTC(2026, 10, 21, 12);
const hasty = { interval: dayMs, reminders: [dayMs / 2], grace: dayMs, lastCall: dayMs / 2 };
const steps = describeSilence(hasty, from, reader);

describe("the dates of a first arming", () => {
  it("name no release within its first week, and leave all that comes before it where it is", () => {
    const later = notBefore(steps, from + 7 * dayMs, reader);
    expect(later.slice(0, -1)).toEqual(steps.slice(0, -1));
    expect(later.at(-1)).toMatchObject({ at: from + 7 * dayMs, when: formatMoment(from + 7 * dayMs, reader) });
  });

  it("stay as they are where the times themselves are longer", () => {
    expect(notBefore(steps, from + 2 * dayMs, reader)).toEqual(steps);
  });
});
