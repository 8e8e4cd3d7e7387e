import { describe, expect, it } from "vitest";
import { describeOutage } from "./outage-in-words.ts";

const reader = { locale: "en-GB", timeZone: "UTC" };
const at = (day: number, hour = 8) => Date.UTC(2026, 4, day, hour);
const dayMs = 86_400_000;

describe("a time that did not count", () => {
  it("is told with its days, its length and its reason", () => {
    const outage = { untilMs: at(6), lengthMs: 3 * dayMs, reason: "clock" as const };
    expect(describeOutage(outage, at(9), reader)).toBe(
      "From 3 May 2026 to 6 May 2026, for 3 days, our clock was in doubt.",
    );
    const short = { untilMs: at(6, 20), lengthMs: dayMs / 2, reason: "unreachable" as const };
    expect(describeOutage(short, at(9), reader)).toBe(
      "On 6 May 2026, for 12 hours, this service could not be reached.",
    );
  });

  it("is told without the dates that a wrong clock has made up", () => {
    const outage = { untilMs: Date.UTC(2040, 0, 1), lengthMs: 4000 * dayMs, reason: "away" as const };
    expect(describeOutage(outage, at(9), reader)).toBe("Our clock was wrong for a while.");
  });
});
