import { newId } from "@afterkeep/bytes";
import { isWaitingInPostgres } from "@afterkeep/platform/testing/memory";
import { describe, expect, it } from "vitest";
import {
  type ClockWorld,
  owner,
  passDays,
  recipientEmail,
  type TestClock,
  withClockWorld,
} from "../testing/a-clock-world.ts";
import { aGrant, stateOf, subjectsTo } from "../testing/a-grant.ts";

const day = 86_400_000;

/** Reads the news and delivers what is due, four times a day. */
async function forDays(world: ClockWorld, clock: TestClock, days: number): Promise<void> {
  for (let n = 0; n < days * 4; n++) {
    world.time.advance(day / 4);
    await clock.readFeed();
    await clock.deliver();
  }
}

describe("the letter of a release", () => {
  it("waits where the keyholder cannot read that record in the moment in which it is to leave", () =>
    withClockWorld(async (world) => {
      await aGrant(world);
      const all = world.keyholder.switches;
      const clock = world.aClock();
      world.keyholder.switches = [];
      await clock.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "queued" });
      world.keyholder.switches = all;
      world.time.advance(61_000);
      await clock.deliver();
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
    }));

  it("leaves, once, where an older copy of the keyholder's store said for a while that the share was not granted", () =>
    withClockWorld(async (world) => {
      const { say } = await aGrant(world);
      const clock = world.aClock();
      say("waiting");
      await clock.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled" });
      say("granted");
      await forDays(world, clock, 3);
      expect(await stateOf(world)).toMatchObject({ release: "accepted" });
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
    }));

  it("is not written anew where such a copy says that a share is granted which the owner has taken back", () =>
    withClockWorld(async (world) => {
      const { say, takeBack } = await aGrant(world);
      await takeBack();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled" });
      say("granted");
      await world.aClock().readFeed();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled" });
    }));

  it("that somebody is just taking back, by what the keyholder said a moment ago, is renewed by who heard the newer word", () =>
    withClockWorld(async (world) => {
      const { say } = await aGrant(world);
      const [sending, reading] = [world.aClock(), world.aClock()];
      const { keyholder } = sending.parts;
      say("waiting");
      const read: Promise<unknown>[] = [];
      const switches = async (request: Parameters<typeof keyholder.switches>[0]) => {
        const answer = await keyholder.switches(request);
        say("granted");
        const reads = reading.readFeed();
        read.push(reads);
        await isWaitingInPostgres(world.database.pool("superuser"), reads);
        return answer;
      };
      Object.assign(sending.parts, { keyholder: { ...keyholder, switches } });
      await sending.deliver();
      await Promise.all(read);
      expect(await stateOf(world)).toMatchObject({ release: "queued" });
    }));
});

/** A mail server may have the notice of a share; an older copy of the keyholder's store said otherwise until it was given up. */
async function aNoticeGivenUp(world: ClockWorld, clock: TestClock) {
  const grant = await aGrant(world);
  world.smtp.manner = "drop";
  await clock.deliver();
  grant.say("waiting");
  await world.database.pool("superuser").query("update outbox set attempts = 99");
  await passDays(world, 6);
  await clock.deliver();
  expect(await stateOf(world)).toMatchObject({ release: "cancelled" });
  return grant;
}

describe("the notice of a share that may have left before it was given up, and that is written anew", () => {
  it.each(["take", "later"] as const)(
    "is followed by the word that the owner is back where they are so before it leaves again: %s",
    (manner) =>
      withClockWorld(async (world) => {
        const clock = world.aClock();
        const { say, takeBack } = await aNoticeGivenUp(world, clock);
        say("granted");
        await clock.readFeed();
        expect(await stateOf(world)).toMatchObject({ release: "queued" });
        world.smtp.manner = "later";
        if (manner === "later") await clock.deliver();
        await takeBack();
        world.smtp.manner = "take";
        await forDays(world, clock, 1);
        expect(subjectsTo(world, recipientEmail)).toEqual([`${owner.name} is back`]);
        expect(await stateOf(world)).toMatchObject({ release: "cancelled", withdrawn: "accepted" });
      }),
  );
});

describe("the word that the owner is back", () => {
  it("outlives a newer notice that cannot leave for long, and leaves once that is taken back", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const first = await aGrant(world);
      await clock.deliver();
      await first.takeBack();
      const second = await aGrant(world, { decisionId: newId(6) });
      const said = world.keyholder.switches;
      world.keyholder.switches = [];
      await world.database.pool("superuser").query("update outbox set attempts = 200 where kind = 'withdrawn'");
      await passDays(world, 6);
      await clock.deliver();
      world.keyholder.switches = said;
      await second.takeBack();
      await forDays(world, clock, 1);
      expect(subjectsTo(world, recipientEmail)).toEqual([expect.any(String), `${owner.name} is back`]);
    }));
});
