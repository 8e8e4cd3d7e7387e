import { newId } from "@afterkeep/bytes";
import type { Clock } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, type TestClock, withClockWorld } from "../testing/a-clock-world.ts";

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
const switches = 20;

const shifted = (clock: Clock, ms: number): Clock => ({ ...clock, nowMs: () => clock.nowMs() + ms });

/** Counts the switches that are looked at from here on by the timer. */
function countLooks(world: ClockWorld): () => number {
  let looks = 0;
  world.keyholder.beforeAnswer = async (method, request) => {
    if (method !== "switches" || !isLook(request)) return;
    looks += request.bequests.length;
    if (looks > 50 * switches) throw new Error("they are looked at without end");
  };
  return () => looks;
}

function isLook(request: unknown): request is { bequests: unknown[] } {
  return typeof request === "object" && request !== null && "bequests" in request;
}

/** Two clock zones on one database, by walls of their own; the one that is wrong comes first. */
function twoClocks(world: ClockWorld, errorMs: number): [TestClock, TestClock] {
  return [world.aClock({ clock: shifted(world.time, errorMs) }), world.aClock()];
}

/** Each in turn, a minute apart. */
async function takeTurns(world: ClockWorld, clocks: readonly TestClock[], turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    for (const clock of clocks) await clock.readFeed();
    world.time.advance(60_000);
  }
}

function arm(world: ClockWorld, change: Partial<ClockWorld["keyholder"]["switches"][number]> = {}): void {
  const wakeWallMs = world.keyholder.nowWallMs() + 15 * dayMs;
  for (let i = 0; i < switches; i++)
    world.keyholder.say({ account: world.account, b: newId(100 + i), state: "armed", wakeWallMs, ...change });
}

describe("two clock zones whose walls are a year apart", () => {
  it.each([
    ["ahead", yearMs],
    ["behind", -yearMs],
  ])("look at each switch when it is due and not before, one being a year %s", (_, errorMs) =>
    withClockWorld(async (world) => {
      arm(world);
      const clocks = twoClocks(world, errorMs);
      const looks = countLooks(world);
      await takeTurns(world, clocks, 5);
      expect(looks()).toBe(0);
      world.time.advance(15 * dayMs);
      await takeTurns(world, clocks, 5);
      expect(looks()).toBe(switches);
    }),
  );

  it.each([
    ["stands still", 0],
    ["is a year behind both", -2 * yearMs],
    ["is a year ahead of both", 2 * yearMs],
  ])("look no oftener where the keyholder's own time %s", (_, errorMs) =>
    withClockWorld(async (world) => {
      const startMs = world.time.nowMs();
      world.keyholder.nowWallMs = () => (errorMs === 0 ? startMs : world.time.nowMs() + errorMs);
      arm(world, { state: "frozen", waitsFor: "clock" });
      const clocks = twoClocks(world, yearMs);
      const looks = countLooks(world);
      await takeTurns(world, clocks, 10);
      expect(looks()).toBe(0);
      world.keyholder.nowWallMs = () => startMs + errorMs + 2 * 3_600_000;
      await takeTurns(world, clocks, 5);
      expect(looks()).toBe(switches);
    }),
  );

  it("look once more, and no more, where the keyholder's time goes back by years", () =>
    withClockWorld(async (world) => {
      world.keyholder.nowWallMs = () => world.time.nowMs() + 14 * yearMs;
      arm(world);
      const clocks = twoClocks(world, yearMs);
      await takeTurns(world, clocks, 2);
      world.keyholder.nowWallMs = () => world.time.nowMs();
      const looks = countLooks(world);
      await takeTurns(world, clocks, 5);
      expect(looks()).toBe(switches);
    }));

  it("wait as long with what the keyholder does not know any more", () =>
    withClockWorld(async (world) => {
      arm(world);
      const clocks = twoClocks(world, yearMs);
      await takeTurns(world, clocks, 1);
      await world.database.pool("superuser").query("update switch_state set look_at = 0");
      world.keyholder.switches = world.keyholder.switches.slice(-1);
      const looks = countLooks(world);
      await takeTurns(world, clocks, 5);
      expect(looks()).toBe(switches);
    }));

  it("wait as long with what failed", () =>
    withClockWorld(async (world) => {
      const superuser = world.database.pool("superuser");
      await superuser.query("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$"); // prettier-ignore
      await superuser.query("create trigger refuse before insert on reminder for each row execute function refuse()");
      arm(world, { state: "reminding", remindersDue: [{ phase: "reminding", index: 0 }] });
      const clocks = twoClocks(world, yearMs);
      const looks = countLooks(world);
      await takeTurns(world, clocks, 5);
      expect(looks()).toBe(0);
      await superuser.query("drop trigger refuse on reminder");
      world.time.advance(600_000);
      await takeTurns(world, clocks, 2);
      expect(looks()).toBe(switches);
    }));
});
