import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { remindAll, silence, switchOf } from "../testing/a-silence.ts";

const hourMs = 3_600_000;

/** The whole machine is off: no tick, no monotonic clock, and a wall clock that goes on. */
async function off(test: TestKeyholder, ms: number): Promise<void> {
  test.stop();
  test.clock.jumpWall(ms);
  await test.start();
}

describe("an outage", () => {
  it("in the warning phases asks for one more reminder and half its length, and never begins a phase anew", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await silence(test, 29 * dayMs);
      const before = await switchOf(owner, b);
      await off(test, 6 * dayMs);
      test.mail.isDown = true;
      await test.pass(2 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({
        state: "reminding",
        waitsFor: "reminder",
        remindersDue: [{ phase: "gap", index: 0 }],
        lastSign: before.lastSign,
      });
      await remindAll(test);
      await test.pass(2.5 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("reminding");
      await test.pass(dayMs);
      expect((await switchOf(owner, b)).state).toBe("grace");
    }));

  it("of a year adds no more than three days", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await silence(test, 29 * dayMs);
      await off(test, 365 * dayMs);
      await silence(test, 2.5 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("reminding");
      await silence(test, 1.5 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("grace");
    }));

  it("of five hours, or while nothing runs out, changes nothing", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await off(test, 3 * dayMs);
      await silence(test, 29 * dayMs);
      await off(test, 5 * hourMs - 1);
      await silence(test, 1.5 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("grace");
    }));

  it("in which only the way to the owner was cut is one too", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await silence(test, 28 * dayMs);
      test.isReachable = false;
      await test.pass(10 * dayMs);
      test.isReachable = true;
      await test.pass(0.5 * dayMs);
      expect((await switchOf(owner, b)).remindersDue).toEqual([{ phase: "gap", index: 0 }]);
    }));
});
