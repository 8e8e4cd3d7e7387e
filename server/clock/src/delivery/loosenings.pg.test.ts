import { encodeBase64url, newId } from "@afterkeep/bytes";
import { DependencyError } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, owner, passDays, withClockWorld } from "../testing/a-clock-world.ts";
import { aMailerThatDies, messageIds, textOf } from "../testing/letters.ts";

const b = newId(9);
const hour = 3_600_000;
const hashOf = (n: number) => encodeBase64url(new Uint8Array(32).fill(n));
const [bound, loosening, other] = [hashOf(1), hashOf(2), hashOf(3)];

const saysThat = (world: ClockWorld, cooling: string[], policyHash = bound) =>
  world.keyholder.say({
    account: world.account,
    b,
    policyHash,
    cooling: cooling.map((hash) => ({ policyHash: hash, left: 2 * hour })),
  });

/** A policy cools, and the letter about it waits. */
async function aLoosening(world: ClockWorld): Promise<void> {
  world.keyholder.nowWallMs = () => Date.UTC(2027, 4, 6, 5, 8);
  saysThat(world, [loosening]);
  await world.aClock().readFeed();
}

const statesOf = async (world: ClockWorld) =>
  (await world.outbox()).map(({ key, state }) => [key.split(":")[2], state]);

describe("the owner of a bequest of which a loosening cools", () => {
  it("is told that it does, and from when it can bind at the earliest", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      await world.aClock().deliver();
      const [letter] = world.smtp.taken;
      expect(letter?.to).toBe(owner.email);
      expect(textOf(letter?.raw ?? "")).toContain(
        "The earliest moment at which it can be is Thursday 6 May 2027 at 07:08 UTC",
      );
      expect(await statesOf(world)).toEqual([[loosening, "accepted"]]);
    }));

  it("is told once, however often, by however many clocks and at whatever time it is read", () =>
    withClockWorld(async (world) => {
      const clocks = [world.aClock(), world.aClock()];
      saysThat(world, [loosening]);
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      await Promise.all(clocks.map((clock) => clock.deliver()));
      saysThat(world, [loosening]);
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("is told of the next one too", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      await world.aClock().deliver();
      saysThat(world, [other]);
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(await statesOf(world)).toEqual([
        [loosening, "accepted"],
        [other, "accepted"],
      ]);
      expect(world.smtp.taken).toHaveLength(2);
    }));

  it.each([
    ["cancelled", (world: ClockWorld) => saysThat(world, [])],
    ["in force", (world: ClockWorld) => saysThat(world, [], loosening)],
  ])("is told nothing of one that was %s before the letter left", (_, becomes) =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      becomes(world);
      // Why not read: the letter itself must see what nobody has told of yet.
      await world.aClock().deliver();
      expect(world.smtp.taken).toEqual([]);
      expect(await statesOf(world)).toEqual([[loosening, "cancelled"]]);
    }),
  );

  it("is told nothing of one that was cancelled after a mail server would not take the letter", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      const sendMail = async () => Promise.reject(new DependencyError("mail-unavailable", "not now"));
      await world.aClock({ mailer: { close: () => {}, sendMail } }).deliver();
      expect(await statesOf(world)).toEqual([[loosening, "queued"]]);
      saysThat(world, []);
      world.time.advance(hour);
      await world.aClock().deliver();
      expect(world.smtp.taken).toEqual([]);
      expect(await statesOf(world)).toEqual([[loosening, "cancelled"]]);
    }));

  it("is told of the one that took the place of another before that one's letter left, and of that one nothing", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      saysThat(world, [other]);
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(new Map((await statesOf(world)).map(([key, state]) => [key, state]))).toEqual(
        new Map([
          [loosening, "cancelled"],
          [other, "accepted"],
        ]),
      );
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("reads the same letter again at most where a clock died before it wrote that it had left", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      await world.aClock({ mailer: aMailerThatDies(world) }).deliver();
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
      await world.lapseClaims();
      await world.aClock().deliver();
      await world.aClock().deliver();
      const [first, second, ...more] = messageIds(world);
      expect([first, more]).toEqual([second, []]);
    }));

  it("is told once where an older database was put in place before the letter left", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
      await world.database
        .pool("superuser")
        .query("delete from outbox; delete from clock_cursor; delete from switch_state");
      expect(await world.aClock().deliver()).toBe(0);
      await world.aClock().readFeed();
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("is told later where the keyholder is away, or cannot read its record, and the letter is not lost meanwhile", () =>
    withClockWorld(async (world) => {
      await aLoosening(world);
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
      expect(await statesOf(world)).toEqual([[loosening, "queued"]]);
      world.keyholder.beforeAnswer = async () => {};
      world.time.advance(hour);
      await world.aClock().deliver();
      expect(world.smtp.taken).toHaveLength(1);
    }));
});
