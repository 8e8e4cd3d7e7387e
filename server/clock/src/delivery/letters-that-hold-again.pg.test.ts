import { isWaitingInPostgres } from "@afterkeep/platform/testing/memory";
import { describe, expect, it } from "vitest";
import { type ClockWorld, recipientEmail, type TestClock, withClockWorld } from "../testing/a-clock-world.ts";
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
