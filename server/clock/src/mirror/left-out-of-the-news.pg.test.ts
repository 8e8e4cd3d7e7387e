import { newId } from "@afterkeep/bytes";
import { pgId } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, recipientEmail, withClockWorld } from "../testing/a-clock-world.ts";
import { aGrantUnheard, subjectsTo } from "../testing/a-grant.ts";

const readable = newId(11);
const rows = async (world: ClockWorld, sql: string) => (await world.database.pool("superuser").query(sql)).rows;

/** As the keyholder does with records that it cannot read: they are left out of what it answers, and its cursor passes them. */
function aClockThatHearsNothingOf(world: ClockWorld, unreadable: ReadonlySet<string>) {
  const clock = world.aClock();
  const { keyholder } = clock.parts;
  const switches = async (request: Parameters<typeof keyholder.switches>[0]) => {
    const answer = await keyholder.switches(request);
    return { ...answer, items: answer.items.filter(({ b }) => !unreadable.has(b)) };
  };
  Object.assign(clock.parts, { keyholder: { ...keyholder, switches } });
  return clock;
}

function sayMany(world: ClockWorld, count: number): Set<string> {
  const ids = Array.from({ length: count }, (_, n) => newId(1000 + n));
  for (const b of ids) world.keyholder.say({ account: world.account, b });
  return new Set(ids);
}

describe("records that the keyholder cannot read", () => {
  it.each([99, 100, 600])("keep no news waiting that comes after them: %d of them", (count) =>
    withClockWorld(async (world) => {
      const clock = aClockThatHearsNothingOf(world, sayMany(world, count));
      await aGrantUnheard(world);
      await clock.readFeed();
      await clock.deliver();
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
      expect(await rows(world, "select position from clock_cursor")).toEqual([{ position: count + 2 }]);
    }),
  );

  it("are passed too where the switches before them are taken one by one", () =>
    withClockWorld(async (world) => {
      await rows(world, `create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'no'; end $$; create trigger refuse before update on switch_state for each row
        when (new.b = '${pgId(readable)}' and new.state = 'reminding') execute function refuse()`); // prettier-ignore
      world.keyholder.say({ account: world.account, b: readable, state: "reminding" });
      const clock = aClockThatHearsNothingOf(world, sayMany(world, 2));
      await clock.readFeed();
      expect(world.log).toContainEqual(expect.objectContaining({ event: "page-failed" }));
      expect(await rows(world, "select position from clock_cursor")).toEqual([{ position: 3 }]);
    }));
});
