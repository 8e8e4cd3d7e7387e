import { encodeBase64url, newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { nameOfReminder } from "../storage/reminders.ts";
import { planReminders, remindersOf } from "./plan-reminders.ts";

const hourMs = 3_600_000;
const now = 1_000 * hourMs;
const hash = encodeBase64url(new Uint8Array(32));

/** As the keyholder describes a switch while its clock is in doubt: nothing is due, and no moment is known at which it would be. */
const frozen: KeyholderSwitch = {
  account: newId(1),
  b: newId(2),
  g: 1,
  state: "frozen",
  policyHash: hash,
  revision: 7,
  lastSign: hash,
  used: 0,
  left: 0,
  earliestWallMs: now,
  wakeWallMs: 0,
  remindersDue: [],
  lastCall: "none",
  release: "",
  slots: [],
  waitsFor: "clock",
  requests: [],
  cooling: [],
  heldAfter: [],
};

describe("the next look at a switch", () => {
  it("comes within the hour while the keyholder's clock is in doubt, since nothing tells when that is over", () => {
    const plan = planReminders([frozen], new Map(), now);
    expect(plan).toMatchObject({ mails: [] });
    expect(plan.nextLookOf(frozen)).toBe(now + hourMs);
  });

  it("comes at its end while two operators froze it: that is told when it is over, and a month of hours would all be in vain", () => {
    const wakeWallMs = now + 20 * 24 * hourMs;
    const stopped = { ...frozen, waitsFor: "operators" as const, wakeWallMs };
    expect(planReminders([stopped], new Map(), now).nextLookOf(stopped)).toBe(wakeWallMs + 120_000);
  });

  it("comes within four weeks, however long a hold lasts", () => {
    const held = { ...frozen, state: "held" as const, waitsFor: "hold" as const, wakeWallMs: now + 546 * 24 * hourMs };
    expect(planReminders([held], new Map(), now).nextLookOf(held)).toBe(now + 28 * 24 * hourMs);
  });

  it("comes two minutes after the next change, and a day later where that has come: what is late is news when it happens", () => {
    const wakingAt = (wakeWallMs: number) => ({
      ...frozen,
      state: "armed" as const,
      waitsFor: "" as const,
      wakeWallMs,
    });
    const lookOf = (item: KeyholderSwitch) => planReminders([item], new Map(), now).nextLookOf(item);
    expect(lookOf(wakingAt(now + 1))).toBe(now + 1 + 120_000);
    expect(lookOf(wakingAt(now - 24 * hourMs))).toBe(now + 24 * hourMs);
  });

  it("never comes where nothing is due and nothing ever will be", () => {
    const closed = { ...frozen, state: "closed" as const, waitsFor: "" as const };
    expect(planReminders([closed], new Map(), now).nextLookOf(closed)).toBeNull();
  });
});

describe("a reminder that is due still", () => {
  const due = { ...frozen, state: "reminding" as const, remindersDue: [{ phase: "reminding" as const, index: 0 }] };
  const mailsAfter = (attemptedAt: number, isSettled = true) => {
    const [reminder] = remindersOf(due);
    const attempts = new Map(reminder === undefined ? [] : [[nameOfReminder(reminder), { attempt: 1, attemptedAt, isSettled }]]); // prettier-ignore
    return planReminders([due], attempts, now).mails.length;
  };

  it("is mailed again a day after its last mail, and not while that is under way", () => {
    expect([mailsAfter(now - 24 * hourMs), mailsAfter(now - 24 * hourMs + 1)]).toEqual([1, 0]);
    expect(mailsAfter(now - 24 * hourMs, false)).toBe(0);
  });

  it("is not mailed again at once where the mail left by a clock that is ahead of the keyholder's, unless that stands in another year", () => {
    expect([mailsAfter(now + 1), mailsAfter(now + 24 * hourMs)]).toEqual([0, 0]);
    expect(mailsAfter(now + 24 * hourMs + 1)).toBe(1);
  });
});
