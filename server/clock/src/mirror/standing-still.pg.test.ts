import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type TestClock, withClockWorld } from "../testing/a-clock-world.ts";

const b = newId(9);

/** Stands still in the midst of its next look, after it asked the keyholder and until it may go on. */
function standStill({ parts }: TestClock) {
  const { keyholder } = parts;
  const isStanding = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const switches = async (request: Parameters<typeof keyholder.switches>[0]) => {
    const answer = await keyholder.switches(request);
    if ("bequests" in request) {
      isStanding.resolve();
      await mayGoOn.promise;
    }
    return answer;
  };
  Object.assign(parts, { keyholder: { ...keyholder, switches } });
  return { isStanding: isStanding.promise, goOn: () => mayGoOn.resolve() };
}

describe("a clock that stands still in a look", () => {
  it("keeps no other one from its switches for longer than the database waits for a transaction that does nothing, and then asks anew", () =>
    withClockWorld(async (world) => {
      const superuser = world.database.pool("superuser");
      const { database } = world.database.config("ak_clock");
      await superuser.query(`alter database "${database}" set idle_in_transaction_session_timeout = '500ms'`);
      const [standing, other] = [world.aClock(), world.aClock()];
      world.keyholder.say({ account: world.account, b });
      await standing.readFeed();
      await superuser.query("update switch_state set look_at = 0");
      const { isStanding, goOn } = standStill(standing);
      const look = standing.readFeed();
      await isStanding;
      world.keyholder.say({ account: world.account, b, state: "reminding" });
      await other.readFeed();
      expect((await superuser.query("select state from switch_state")).rows).toEqual([{ state: "reminding" }]);
      goOn();
      await look;
      expect((await superuser.query("select state from switch_state")).rows).toEqual([{ state: "reminding" }]);
    }));
});
