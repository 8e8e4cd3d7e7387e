import { newId } from "@afterkeep/bytes";
import { DependencyError } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, owner, passDays, withClockWorld } from "../testing/a-clock-world.ts";
import { aMailerThatDies, messageIds, textOf } from "../testing/letters.ts";

const [b, other] = [newId(9), newId(8)];
const [restore, next] = [newId(5), newId(6)];
const [hour, dayMs] = [3_600_000, 86_400_000];

const isHeld = (world: ClockWorld, after = restore, bequests: readonly string[] = [b, other]) => {
  for (const [place, held] of bequests.entries())
    world.keyholder.say({
      account: world.account,
      b: held,
      state: "held",
      heldAfter: [{ restore: after, left: (90 + place) * dayMs }],
    });
};
const isArmed = (world: ClockWorld) => {
  for (const armed of [b, other])
    world.keyholder.say({ account: world.account, b: armed, state: "armed", heldAfter: [] });
};

/** Two bequests are held after a restore, and the letter about it waits. */
async function aHold(world: ClockWorld): Promise<void> {
  world.keyholder.nowWallMs = () => Date.UTC(2027, 4, 6, 7, 8);
  isHeld(world);
  await world.aClock().readFeed();
}

const statesOf = async (world: ClockWorld) =>
  (await world.outbox()).map(({ key, state }) => [key.split(":")[1], state]);

describe("the owner of bequests that a restore holds", () => {
  it("is told once for all of them, and until when the first is held at the least", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      await world.aClock().deliver();
      const [letter, ...more] = world.smtp.taken;
      expect([letter?.to, more]).toEqual([owner.email, []]);
      expect(textOf(letter?.raw ?? "")).toContain("until Wednesday 4 August 2027 at 07:08 UTC at the earliest");
      expect(await statesOf(world)).toEqual([[restore, "accepted"]]);
    }));

  it("is told once, however often, by however many clocks and in however many pieces it is read", () =>
    withClockWorld(async (world) => {
      const clocks = [world.aClock(), world.aClock()];
      isHeld(world, restore, [b]);
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      isHeld(world, restore, [other]);
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      await Promise.all(clocks.map((clock) => clock.deliver()));
      isHeld(world);
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("is told of the next restore too, and of one whose letter had not left when the next came nothing", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      isHeld(world, next);
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(new Map((await statesOf(world)).map(([key, state]) => [key, state]))).toEqual(
        new Map([
          [restore, "cancelled"],
          [next, "accepted"],
        ]),
      );
      isHeld(world, newId(7));
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(2);
    }));

  it("is told nothing where they signed before the letter left", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      isArmed(world);
      // Why not read: the letter itself must see what nobody has told of yet.
      await world.aClock().deliver();
      expect(world.smtp.taken).toEqual([]);
      expect(await statesOf(world)).toEqual([[restore, "cancelled"]]);
    }));

  it("is told nothing where they signed after a mail server would not take the letter", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      const sendMail = async () => Promise.reject(new DependencyError("mail-unavailable", "not now"));
      await world.aClock({ mailer: { close: () => {}, sendMail } }).deliver();
      expect(await statesOf(world)).toEqual([[restore, "queued"]]);
      isArmed(world);
      world.time.advance(hour);
      await world.aClock().deliver();
      expect(world.smtp.taken).toEqual([]);
      expect(await statesOf(world)).toEqual([[restore, "cancelled"]]);
    }));

  it("is told nothing where nothing of theirs is armed, or another reason holds it", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: world.account, b, state: "disarmed" });
      world.keyholder.say({ account: world.account, b: other, state: "held", waitsFor: "hold" });
      await world.aClock().readFeed();
      expect(await statesOf(world)).toEqual([]);
    }));

  it("reads the same letter again at most where a clock died before it wrote that it had left", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      await world.aClock({ mailer: aMailerThatDies(world) }).deliver();
      await world.lapseClaims();
      await world.aClock().deliver();
      await world.aClock().deliver();
      const [first, second, ...more] = messageIds(world);
      expect([first, more]).toEqual([second, []]);
    }));

  it("is told once where database and keyholder were put back together, whatever the older database had told", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      await world.database
        .pool("superuser")
        .query("delete from outbox; delete from clock_cursor; delete from switch_state");
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("is told later where the keyholder is away, or cannot read its records, and the letter is not lost meanwhile", () =>
    withClockWorld(async (world) => {
      await aHold(world);
      const said = world.keyholder.switches;
      world.keyholder.switches = [];
      // Why so: what cannot be asked now is no try, and nothing is given up for it.
      await world.database.pool("superuser").query("update outbox set attempts = 100");
      await passDays(world, 6);
      await world.aClock().deliver();
      expect(await world.outbox()).toMatchObject([{ state: "queued", attempts: 100 }]);
      world.keyholder.switches = said;
      world.keyholder.beforeAnswer = async () => Promise.reject(new DependencyError("away", "not now"));
      world.time.advance(hour);
      await world.aClock().deliver();
      expect(await statesOf(world)).toEqual([[restore, "queued"]]);
      world.keyholder.beforeAnswer = async () => {};
      world.time.advance(hour);
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
    }));
});
