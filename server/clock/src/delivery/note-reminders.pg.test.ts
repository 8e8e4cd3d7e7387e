import { newId } from "@afterkeep/bytes";
import { DependencyError } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, withClockWorld } from "../testing/a-clock-world.ts";

const [broken, whole] = [newId(9), newId(10)];
const minute = 60_000;
const notedOf = (world: ClockWorld) => world.keyholder.noted.map(({ b }) => b);

/** Reminders that mail servers took, of two bequests: the keyholder cannot read its record of the first. */
async function twoReminders(world: ClockWorld): Promise<void> {
  const clock = world.aClock();
  for (const b of [broken, whole]) {
    const remindersDue = [{ phase: "reminding" as const, index: 0 }];
    world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue });
    await clock.readFeed();
    await clock.deliver();
  }
  world.keyholder.beforeAnswer = async (method, request) => {
    if (method !== "reminderAccepted" || !isAbout(request, broken)) return;
    throw new Error("unreadable");
  };
}

function isAbout(request: unknown, b: string): boolean {
  return typeof request === "object" && request !== null && "b" in request && request.b === b;
}

describe("telling the keyholder of reminders", () => {
  it("goes on with the others past one that the keyholder cannot write down, and says so", () =>
    withClockWorld(async (world) => {
      await twoReminders(world);
      expect(await world.aClock().note()).toBe(1);
      expect(notedOf(world)).toEqual([whole]);
      expect(world.log).toContainEqual(expect.objectContaining({ event: "reminder-not-noted", tenant: world.account }));
    }));

  it("tries that one again after a while, and not at every turn", () =>
    withClockWorld(async (world) => {
      await twoReminders(world);
      const clock = world.aClock();
      await clock.note();
      let asked = 0;
      world.keyholder.beforeAnswer = async () => void asked++;
      expect(await clock.note()).toBe(0);
      expect(asked).toBe(0);
      world.time.advance(11 * minute);
      expect(await clock.note()).toBe(1);
      expect(notedOf(world)).toEqual([whole, broken]);
    }));

  it("stops, and forgets nothing, while the keyholder is away", () =>
    withClockWorld(async (world) => {
      await twoReminders(world);
      world.keyholder.beforeAnswer = async () => {
        throw new DependencyError("zone-unavailable", "away");
      };
      await expect(world.aClock().note()).rejects.toThrow("zone-unavailable");
      world.keyholder.beforeAnswer = async () => {};
      await world.aClock().note();
      expect(notedOf(world)).toEqual([broken, whole]);
    }));
});
