import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type ClockWorld, withClockWorld } from "../testing/a-clock-world.ts";

const b = newId(9);
const [first, second] = [newId(21), newId(22)];

async function leaves(
  world: ClockWorld,
): Promise<{ actor: string; action: string; fields: object; resource: string }[]> {
  const { rows } = await world.database
    .pool("superuser")
    .query("select convert_from(leaf, 'utf8') as leaf from audit_leaf order by id");
  return rows
    .map(({ leaf }: { leaf: string }) => JSON.parse(leaf))
    .filter(({ action }) => action === "request.standing");
}

const asked = (world: ClockWorld, request: string, stage: "open" | "refused" = "open") => ({
  request,
  r: world.recipient,
  stage,
  left: stage === "open" ? 1000 : 0,
});

describe("the log", () => {
  it("tells of what a recipient asked as soon as the keyholder says so, whatever the api noted", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: world.account, b, state: "requested", requests: [asked(world, first)] });
      await world.aClock().readFeed();
      expect(await leaves(world)).toEqual([
        expect.objectContaining({
          actor: "clock",
          resource: `bequest:${b}`,
          fields: { request: first, recipient: world.recipient },
        }),
      ]);
    }));

  it("tells of it once, however often and by however many clocks it is read", () =>
    withClockWorld(async (world) => {
      const clocks = [world.aClock(), world.aClock()];
      world.keyholder.say({ account: world.account, b, state: "requested", requests: [asked(world, first)] });
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      world.keyholder.say({ account: world.account, b, state: "armed", requests: [asked(world, first, "refused")] });
      await world.aClock().readFeed();
      expect(await leaves(world)).toHaveLength(1);
    }));

  it("tells of one that was refused before the clock zone heard of it, and of the next by the same person", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: world.account, b, state: "armed", requests: [asked(world, first, "refused")] });
      await world.aClock().readFeed();
      world.keyholder.say({ account: world.account, b, state: "requested", requests: [asked(world, second)] });
      await world.aClock().readFeed();
      expect((await leaves(world)).map(({ fields }) => fields)).toMatchObject([
        { request: first },
        { request: second },
      ]);
    }));

  it("does not tell of it anew after a restore of the keyholder that still knows it", () =>
    withClockWorld(async (world) => {
      const said = world.keyholder.say({
        account: world.account,
        b,
        state: "requested",
        requests: [asked(world, first)],
      });
      await world.aClock().readFeed();
      world.keyholder.switches = [{ ...said, revision: 1, state: "held" }];
      world.keyholder.info = { ...world.keyholder.info, epoch: 2 };
      await world.aClock().readFeed();
      expect(await leaves(world)).toHaveLength(1);
    }));
});
