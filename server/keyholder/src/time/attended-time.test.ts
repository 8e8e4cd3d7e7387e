import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { switchOf } from "../testing/a-silence.ts";

const minuteMs = 60_000;
const asClock = { caller: "clock", requestId: "test" } as const;

async function attended(test: TestKeyholder): Promise<number> {
  return (await test.keyholder.handlers.switches({ after: 0, limit: 1 }, asClock)).attendedMs;
}

describe("attended time", () => {
  it("passes as real time does while everything is healthy", () =>
    withKeyholder(async (test) => {
      const before = await attended(test);
      await test.pass(60 * minuteMs);
      expect((await attended(test)) - before).toBe(60 * minuteMs);
    }, real));

  it("does not pass while no probe comes back through the public address", () =>
    withKeyholder(async (test) => {
      await test.pass(10 * minuteMs);
      test.isReachable = false;
      await test.pass(5 * minuteMs);
      const before = await attended(test);
      await test.pass(60 * minuteMs);
      expect((await attended(test)) - before).toBeLessThanOrEqual(minuteMs);
      test.isReachable = true;
      await test.pass(minuteMs);
      const back = await attended(test);
      await test.pass(10 * minuteMs);
      expect((await attended(test)) - back).toBe(10 * minuteMs);
    }, real));

  it("says that it waits for the probe", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      expect((await switchOf(owner, b)).waitsFor).toBe("");
      test.isReachable = false;
      await test.pass(20 * minuteMs);
      expect((await switchOf(owner, b)).waitsFor).toBe("probe");
    }, real));

  it("credits nothing for the time between two processes", () =>
    withKeyholder(async (test) => {
      await test.pass(10 * minuteMs);
      const before = await attended(test);
      test.stop();
      test.clock.advance(30 * dayMs);
      await test.start();
      expect(await attended(test)).toBe(before);
      await test.pass(minuteMs);
      expect(await attended(test)).toBe(before + minuteMs);
    }, real));

  it("has no time of its own at the first step of a process, whatever the machine's clock says", () =>
    withKeyholder(async (test) => {
      const { attendedMs, nowWallMs } = await test.keyholder.handlers.switches({ after: 0, limit: 1 }, asClock);
      test.clock.jumpWall(3 * dayMs);
      for (let i = 0; i < 3; i++) await test.restart();
      expect(await test.keyholder.handlers.switches({ after: 0, limit: 1 }, asClock)).toMatchObject({
        attendedMs,
        nowWallMs,
      });
    }, real));

  it("credits at most two ticks for one step, so that a machine that slept has not attended", () =>
    withKeyholder(async (test) => {
      const before = await attended(test);
      test.clock.advance(3 * minuteMs);
      await test.keyholder.tick();
      expect((await attended(test)) - before).toBe(2 * minuteMs);
    }, real));

  it("credits nothing for a wall clock that jumps a year ahead", () =>
    withKeyholder(async (test) => {
      await test.pass(10 * minuteMs);
      const before = await attended(test);
      test.clock.jumpWall(365 * dayMs);
      await test.pass(minuteMs);
      expect((await attended(test)) - before).toBe(minuteMs);
    }, real));

  it("stops when the wall clock goes a year back, and goes on once it has caught up", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const before = await attended(test);
      test.clock.jumpWall(-365 * dayMs);
      await test.pass(10 * minuteMs);
      expect(await attended(test)).toBe(before);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
      const receipt = await owner.checkIn();
      expect(receipt.rows[0]).toMatchObject({ state: "frozen", used: 0 });
      test.clock.jumpWall(365 * dayMs);
      await test.pass(minuteMs);
      await test.pass(10 * minuteMs);
      expect((await attended(test)) - before).toBeGreaterThanOrEqual(10 * minuteMs);
      expect((await switchOf(owner, b)).waitsFor).toBe("");
    }, real));

  it("stops by a wall clock that is more than two ticks behind what was said, to the millisecond", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.clock.jumpWall(-2 * minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
      test.clock.jumpWall(-1);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
    }, real));

  it("holds everything at the minute in which its clock has been in doubt for a week", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.clock.jumpWall(-365 * dayMs);
      await test.pass(7 * dayMs - minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
      await test.pass(minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", waitsFor: "hold" });
    }, real));

  it("never advances more than the wall time that receipts speak of, also when the wall clock is set back a little", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const first = (await owner.checkIn()).rows[0];
      const before = await attended(test);
      const wallBefore = test.clock.nowMs();
      test.clock.jumpWall(-100_000);
      await test.pass(3 * minuteMs);
      expect((await attended(test)) - before).toBeLessThanOrEqual(test.clock.nowMs() - wallBefore);
      expect(first?.earliest.silence).toBe(wallBefore + (first?.left ?? 0));
    }, real));

  it("charges a silence with nothing that passed before the sign that began it, also between two ticks", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.clock.advance(50_000);
      await owner.checkIn();
      test.clock.advance(10_000);
      await test.keyholder.tick();
      expect((await switchOf(owner, b)).used).toBe(10_000);
    }, real));

  it("does not count a step whose end could not be written", () =>
    withKeyholder(async (test) => {
      await test.pass(10 * minuteMs);
      const before = await attended(test);
      test.onCommitStep = (step) => {
        if (step === "begun") throw new Error("disk full");
      };
      test.clock.advance(minuteMs);
      await expect(test.keyholder.tick()).rejects.toThrow("disk full");
      test.onCommitStep = () => {};
      await test.pass(minuteMs);
      expect(await attended(test)).toBe(before);
      await test.pass(minuteMs);
      expect((await attended(test)) - before).toBe(minuteMs);
    }, real));
});
