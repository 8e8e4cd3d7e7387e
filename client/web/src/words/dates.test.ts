import { describe, expect, it } from "vitest";
import { formatDay, formatDistance, formatMoment, formatSpan } from "./dates.ts";

const hour = 3_600_000;
const day = 24 * hour;
const berlin = { locale: "en-GB", timeZone: "Europe/Berlin" };

describe("dates for people", () => {
  it("names the weekday, the day and the year, in the reader's own time zone", () => {
    expect(formatDay(Date.UTC(2026, 10, 21, 23, 30), berlin)).toMatch(/^Sunday,? 22 November 2026$/);
    expect(formatDay(Date.UTC(2026, 10, 21, 23, 30), { ...berlin, timeZone: "America/New_York" })).toMatch(
      /^Saturday,? 21 November 2026$/,
    );
  });

  it("names hour and minute where something may open", () => {
    expect(formatMoment(Date.UTC(2026, 10, 21, 13, 5), berlin)).toMatch(/21 November 2026.*14:05/);
  });

  it("says lengths in the largest units that are still exact enough", () => {
    expect(formatSpan(30_000)).toBe("less than a minute");
    expect(formatSpan(90 * 60_000)).toBe("90 minutes");
    expect(formatSpan(36 * hour)).toBe("36 hours");
    expect(formatSpan(2 * day + 6 * hour)).toBe("2 days 6 hours");
    expect(formatSpan(44 * day + 6 * hour)).toBe("44 days");
  });

  it("never promises more time than is left", () => {
    expect(formatDistance(2 * day + 59 * 60_000, 0)).toBe("in 2 days");
    expect(formatDistance(0, 3 * day)).toBe("3 days ago");
    expect(formatDistance(0, 5_000)).toBe("just now");
  });
});
