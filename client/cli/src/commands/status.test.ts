import { parseId } from "@afterkeep/bytes";
import type { SwitchInfo } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { textOf } from "./status.ts";

const at = (day: number) => Date.UTC(2026, 4, day, 8);
const id = parseId("AAAAAAAAAAAAAAAAAAAAAA");
const row: SwitchInfo = {
  b: id,
  title: "For Anna",
  state: "disarmed",
  usedMs: 0,
  leftMs: 0,
  earliestMs: null,
  silenceMs: null,
  isProven: true,
  waitsFor: "",
  frozenUntilMs: null,
  stoppedAt: at(2),
  slots: [],
  requests: [],
};

describe("status", () => {
  it("says when a bequest was stopped, and that any of the owner's devices may have done it", () => {
    const text = textOf({
      now: at(9),
      switches: [row],
      outages: [],
      unheard: [],
      loosenings: [],
      restored: null,
      attendedPercent: null,
    });
    expect(text).toContain("disarmed, by you on 2026-05-02 08:00 UTC (on this device or another of yours)");
    expect(
      textOf({
        now: at(9),
        switches: [{ ...row, state: "armed", stoppedAt: null }],
        outages: [],
        unheard: [],
        loosenings: [],
        restored: null,
        attendedPercent: null,
      }),
    ).not.toContain("by you");
  });

  it("says first that two operators froze everything, and until when", () => {
    const frozen = { ...row, state: "frozen" as const, waitsFor: "operators", frozenUntilMs: at(20) };
    const text = textOf({
      now: at(9),
      switches: [frozen],
      outages: [],
      unheard: [],
      loosenings: [],
      restored: null,
      attendedPercent: null,
    });
    expect(text.split("\n")[0]).toContain("Two operators of this server froze everything");
    expect(text.split("\n")[0]).toContain("2026-05-20 08:00 UTC");
    expect(text).toContain("waits for operators");
    expect(
      textOf({
        now: at(9),
        switches: [row],
        outages: [],
        unheard: [],
        loosenings: [],
        restored: null,
        attendedPercent: null,
      }),
    ).not.toContain("operators");
  });

  it("lists the times that did not count, each with its days and its reason", () => {
    const lengthMs = 3 * 86_400_000;
    const outages = (["away", "unreachable", "clock"] as const).map((reason) => ({ untilMs: at(6), lengthMs, reason }));
    const text = textOf({
      now: at(9),
      switches: [],
      outages,
      unheard: [],
      loosenings: [],
      restored: null,
      attendedPercent: null,
    });
    const days = "2026-05-03 08:00 UTC to 2026-05-06 08:00 UTC (3 days)";
    expect(text.split("\n").slice(1)).toEqual([
      "These times were not counted, so they are no silence of yours:",
      `    ${days}: the service was off`,
      `    ${days}: the service could not be reached`,
      `    ${days}: the clock was in doubt`,
    ]);
    expect(
      textOf({
        now: at(9),
        switches: [],
        outages: [],
        unheard: [],
        loosenings: [],
        restored: null,
        attendedPercent: null,
      }),
    ).toBe("Nothing is armed.");
    const unheard = [{ b: "b1", title: "For Ada" }];
    const unread = textOf({
      now: at(9),
      switches: [],
      outages: [],
      unheard,
      loosenings: [],
      restored: null,
      attendedPercent: null,
    });
    expect(unread).toContain('  b1  "For Ada"');
    expect(unread).not.toContain("Nothing is armed.");
  });

  it("says before all else what somebody changed to give more, or sooner, when it can bind, and how to stop it", () => {
    const loosening = { b: "b1", title: "For Ada", policyHash: "h", bindsMs: at(12), isProven: true, isOwn: false };
    const shown = { now: at(9), switches: [row], outages: [], unheard: [], restored: null, attendedPercent: null };
    const lines = textOf({ ...shown, loosenings: [loosening] }).split("\n");
    expect(lines[0]).toContain("Somebody with your keys changed these to give more, or sooner");
    expect(lines[1]).toBe('  b1  "For Ada"  not in force before 2026-05-12 08:00 UTC');
    expect(lines[2]).toMatch(/^If this was not you: stop it before then\..*bequest disarm.*arm it anew/);
    const unsigned = textOf({ ...shown, loosenings: [{ ...loosening, isProven: false, title: "", bindsMs: at(8) }] });
    expect(unsigned).toContain("  b1  may be in force since 2026-05-08 08:00 UTC (unsigned)");
    const own = textOf({ ...shown, loosenings: [{ ...loosening, isOwn: true }] });
    expect(own).toContain("These were changed on this device");
    expect(own).toContain("To take it back, or if it was not you, disarm the bequest");
    expect(own).not.toMatch(/Somebody|If this was not you/);
    expect(textOf({ ...shown, loosenings: [] })).not.toContain("sooner");
  });

  it("says how much of the last week counted where that was too little, and what it means", () => {
    const shown = { now: at(9), switches: [row], outages: [], unheard: [], restored: null, loosenings: [] };
    expect(textOf({ ...shown, attendedPercent: 71 })).toContain(
      "Only 71 % of the last week counted: your server was off, could not be reached, or was unsure of the time. Dates move later by as much; nothing can come early.",
    );
    expect(textOf({ ...shown, attendedPercent: null })).not.toContain("week");
  });

  it("names no dates that a wrong clock has made up", () => {
    const outages = [{ untilMs: Date.UTC(2040, 0, 1), lengthMs: 14 * 365 * 86_400_000, reason: "away" as const }];
    const text = textOf({
      now: at(9),
      switches: [],
      outages,
      unheard: [],
      loosenings: [],
      restored: null,
      attendedPercent: null,
    });
    expect(text).toContain("a while in which the clock was wrong");
    expect(text).not.toContain("2040");
  });
});
