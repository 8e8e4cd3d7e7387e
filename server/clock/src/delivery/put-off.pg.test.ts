import { newId } from "@afterkeep/bytes";
import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { type ClockWorld, type TestClock, withClockWorld } from "../testing/a-clock-world.ts";

const b = newId(9);
const minute = 60_000;
const year = 365 * 86_400_000;

/** A clock zone on a machine whose wall clock is ahead of the database's by so much. */
const aClockAheadBy = (world: ClockWorld, ms: number): TestClock =>
  world.aClock({ realClock: aManualClock(Date.now() + ms) });

async function aReminder(world: ClockWorld, clock: TestClock): Promise<void> {
  const remindersDue = [{ phase: "reminding" as const, index: 0 }];
  world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue });
  await clock.readFeed();
}

const apart = [
  ["half an hour ahead", minute * 30],
  ["half an hour behind", minute * -30],
  ["a year ahead", year],
  ["a year behind", -year],
] as const;

describe("what is put off", () => {
  it.each(apart)("waits for as long, whoever looks, beside a machine that is %s", (_, ms) =>
    withClockWorld(async (world) => {
      const clocks = [aClockAheadBy(world, 0), aClockAheadBy(world, ms)];
      await aReminder(world, world.aClock());
      world.smtp.manner = "later";
      for (const [n, clock] of clocks.entries()) {
        expect(await clock.deliver()).toBe(1);
        for (const one of clocks) expect(await one.deliver()).toBe(0);
        world.time.advance(n === 0 ? 2_000 : 4_000);
      }
      for (const clock of clocks.toReversed()) {
        expect(await clock.deliver()).toBe(1);
        world.time.advance(30 * minute);
      }
      expect((await world.outbox())[0]?.attempts).toBe(4);
    }),
  );

  it.each(apart)("leaves at once when it is new, written by a machine that is %s", (_, ms) =>
    withClockWorld(async (world) => {
      await aReminder(world, aClockAheadBy(world, ms));
      expect(await world.aClock().deliver()).toBe(1);
    }),
  );

  it.each(apart)("is told to the keyholder no sooner and no later, beside a machine that is %s", (_, ms) =>
    withClockWorld(async (world) => {
      const clocks = [aClockAheadBy(world, 0), aClockAheadBy(world, ms)];
      await aReminder(world, world.aClock());
      await world.aClock().deliver();
      let asked = 0;
      world.keyholder.beforeAnswer = async (method) => {
        if (method !== "reminderAccepted") return;
        asked++;
        throw new Error("unreadable");
      };
      for (const clock of clocks) {
        await clock.note();
        for (const one of clocks) await one.note();
        world.time.advance(11 * minute);
      }
      expect(asked).toBe(2);
      world.keyholder.beforeAnswer = async () => {};
      expect(await clocks[0]?.note()).toBe(1);
    }),
  );
});

describe("a database whose clock was in another year", () => {
  it.each([
    ["ahead", "14 years"],
    ["behind", "-14 years"],
  ])("lets nothing wait for that year: %s", (_, there) =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await aReminder(world, clock);
      const pool = world.database.pool("superuser");
      await pool.query("update outbox set next_attempt_at = clock_timestamp() + $1::interval", [there]);
      expect(await clock.deliver()).toBe(1);
      await pool.query("update reminder set note_at = clock_timestamp() + $1::interval", [there]);
      expect(await clock.note()).toBe(1);
    }),
  );
});
