import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type ClockWorld, passDays, type TestClock, withClockWorld } from "../testing/a-clock-world.ts";

const b = newId(9);
const due = [{ phase: "reminding", index: 0 }] as const;
const rows = async (world: ClockWorld, sql: string) => (await world.database.pool("superuser").query(sql)).rows;

describe("a reminder that the keyholder still waits for", () => {
  const dayMs = 86_400_000;
  /** One turn of everything that the zone does by itself. */
  const turn = async (clock: TestClock) => {
    await clock.readFeed();
    await clock.deliver();
    await clock.note();
  };

  it("is mailed again after a hold, although its mail counted before the hold", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      await turn(clock);
      world.keyholder.say({ account: world.account, b, state: "held", remindersDue: [] });
      await turn(clock);
      world.time.advance(120 * dayMs);
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      await turn(clock);
      await turn(clock);
      expect(world.smtp.taken).toHaveLength(2);
      expect(world.keyholder.noted).toHaveLength(2);
      expect((await world.outbox()).map(({ key }) => key.slice(-2))).toEqual([":1", ":2"]);
    }));

  it("is mailed again when the mail server comes back after mails were given up, at most once a day", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const others = [newId(10), newId(11)];
      const say = (bequest: string, index: number) =>
        world.keyholder.say({
          account: world.account,
          b: bequest,
          state: "grace",
          remindersDue: [{ phase: "grace", index }],
        });
      say(b, 0);
      world.smtp.manner = "later";
      await turn(clock);
      for (const [i, other] of others.entries()) say(other, i + 1);
      for (let day = 0; day < 6; day++) {
        await passDays(world, 1);
        await turn(clock);
      }
      // As after the hundred tries that five days bring.
      await world.database.pool("superuser").query("update outbox set attempts = 100");
      world.time.advance(dayMs / 24);
      await turn(clock);
      expect((await world.outbox()).filter(({ state }) => state === "refused").length).toBeGreaterThan(0);
      world.smtp.manner = "take";
      for (let times = 0; times < 4; times++) {
        world.time.advance(dayMs / 2);
        await turn(clock);
      }
      const accepted = new Set(world.keyholder.noted.map(({ b: of, index }) => `${of} ${index}`));
      expect(accepted).toEqual(new Set([`${b} 0`, `${others[0]} 1`, `${others[1]} 2`]));
      const before = world.smtp.taken.length;
      await turn(clock);
      await turn(clock);
      expect(world.smtp.taken).toHaveLength(before);
    }));

  it("is not mailed again within a day of its leaving, however long its mail had waited, by an answer from before the note of it", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const saysThatItWaits = (earliestWallMs: number) =>
        world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due], earliestWallMs });
      saysThatItWaits(0);
      await clock.readFeed();
      world.time.advance(2 * dayMs);
      await clock.deliver();
      await clock.note();
      // Why it says so still: what was asked before the note may be answered, and acted on, after it.
      saysThatItWaits(1);
      await turn(clock);
      expect(world.smtp.taken).toHaveLength(1);
      world.time.advance(dayMs);
      await turn(clock);
      await turn(clock);
      expect(world.smtp.taken).toHaveLength(2);
    }));

  it("is tried once a day at an address that refuses, and no more when the silence is over", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      world.smtp.manner = "refuse";
      for (let hour = 0; hour < 73; hour += 6) {
        // Something else about the switch changes meanwhile, so that the feed shows it again.
        world.keyholder.say({ account: world.account, b, earliestWallMs: hour });
        await turn(clock);
        world.time.advance(dayMs / 4);
      }
      expect(await world.outbox()).toHaveLength(4);
      const lastSign = Buffer.alloc(32, 9).toString("base64url");
      world.keyholder.say({ account: world.account, b, state: "armed", lastSign, remindersDue: [] });
      for (let day = 0; day < 3; day++) {
        world.time.advance(dayMs);
        await turn(clock);
      }
      expect(await world.outbox()).toHaveLength(4);
      expect(await rows(world, "select look_at from switch_state")).toEqual([{ look_at: null }]);
    }));

  it("rests on one mail however many clocks look again at once", () =>
    withClockWorld(async (world) => {
      const clocks = [world.aClock(), world.aClock(), world.aClock()];
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      world.smtp.manner = "refuse";
      for (const clock of clocks) await turn(clock);
      world.time.advance(dayMs);
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      expect(await world.outbox()).toHaveLength(2);
    }));
});
