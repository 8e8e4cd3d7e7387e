import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { freezeAll } from "../testing/an-order.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asClock = { caller: "clock", requestId: "test" } as const;

/** What the clock zone reads of all switches. */
async function holds({ keyholder }: TestKeyholder) {
  const { items } = await keyholder.handlers.switches({ after: 0, limit: 10 }, asClock);
  return items.map(({ heldAfter }) => heldAfter);
}

async function twoBequests(test: TestKeyholder): Promise<{ owner: Owner; b: string; other: string }> {
  const owner = await anOwner(test);
  const [{ b }, { b: other }] = [await armed(owner, [await aPerson()]), await armed(owner, [await aPerson()])];
  return { owner, b, other };
}

async function nameOf(owner: Owner, b: string): Promise<string | undefined> {
  return (await switchOf(owner, b)).heldAfter[0]?.restore;
}

/** Writes a record's facts, and answers what they were. */
function putHistory(path: string, b: string, history: string): string {
  const database = new DatabaseSync(path);
  const before = database.prepare("select history from bequest where b = ?").get(b)?.["history"];
  database.prepare("update bequest set history = ? where b = ?").run(history, b);
  database.close();
  return String(before);
}

describe("what the clock zone hears of a hold", () => {
  it("is the restore that it came of, the same for all that it holds, and for how long", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await twoBequests(test);
      expect(await holds(test)).toEqual([[], []]);
      await test.restoreStore(await test.backUp());
      const restore = await nameOf(owner, b);
      expect(await holds(test)).toEqual([[{ restore, left: 90 * dayMs }], [{ restore, left: 90 * dayMs }]]);
      await test.pass(dayMs);
      await test.restart();
      expect((await switchOf(owner, b)).heldAfter).toEqual([{ restore, left: 89 * dayMs }]);
      await owner.checkIn();
      expect(await holds(test)).toEqual([[], []]);
    }));

  it("is over when it ended by itself", () =>
    withKeyholder(async (test) => {
      await twoBequests(test);
      await test.restoreStore(await test.backUp());
      await silence(test, 90.25 * dayMs);
      expect(await holds(test)).toEqual([[], []]);
    }));

  it("is another one after the next restore, also where the mark beside the store was deleted each time", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await twoBequests(test);
      const copy = await test.backUp();
      const names = new Set<string | undefined>();
      for (const isMarkKept of [true, false, false]) {
        test.stop();
        if (!isMarkKept) rmSync(join(test.folder, "high-water"));
        await test.restoreStore(copy);
        names.add(await nameOf(owner, b));
      }
      expect(names.size).toBe(3);
      expect(names).not.toContain(undefined);
    }));

  it("is nothing of what is disarmed, and nothing new where a clock in doubt comes after a restore", () =>
    withKeyholder(async (test) => {
      const { owner, b, other } = await twoBequests(test);
      await owner.submit("disarm", await owner.signDisarm(other, (await switchOf(owner, other)).policyHash));
      await test.restoreStore(await test.backUp());
      const restore = await nameOf(owner, b);
      expect([await nameOf(owner, other), restore]).toEqual([undefined, expect.any(String)]);
      test.clock.jumpWall(-365 * dayMs);
      await test.pass(26 * dayMs);
      expect(test.holds).toEqual(["restored", "clock"]);
      expect(await nameOf(owner, b)).toBe(restore);
    }));

  it("is nothing of what every recipient has fetched, and something as long as one has not", () =>
    withKeyholder(async (test) => {
      const [owner, first, second] = [await anOwner(test), await aPerson(), await aPerson()];
      const { b } = await armed(owner, [first]);
      const { b: other } = await armed(owner, [first, second]);
      await silence(test, 60 * dayMs);
      await fetchShare(owner, b, first);
      await fetchShare(owner, other, first);
      expect((await switchOf(owner, b)).state).toBe("closed");
      await test.restoreStore(await test.backUp());
      expect([await nameOf(owner, b), await nameOf(owner, other)]).toEqual([undefined, expect.any(String)]);
      expect((await switchOf(owner, b)).state).toBe("held");
    }));

  it("is nothing of a hold that a clock in doubt began: nothing was restored", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await twoBequests(test);
      test.clock.jumpWall(-365 * dayMs);
      await test.pass(26 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", heldAfter: [] });
    }));

  it("is the same in a freeze of the operators, which hides it", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await twoBequests(test);
      await test.restoreStore(await test.backUp());
      const restore = await nameOf(owner, b);
      await freezeAll(test, dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", heldAfter: [{ restore }] });
    }));

  it("is told of a record that could not be read at the restore too, once it can be, also where it was held before", () =>
    withKeyholder(async (test) => {
      const { owner, b, other } = await twoBequests(test);
      const copy = await test.backUp();
      await test.restoreStore(copy);
      const [before, held] = [await nameOf(owner, b), await test.backUp()];
      test.stop();
      const history = putHistory(join(held, "keyholder.sqlite"), b, "torn");
      await test.restoreStore(held);
      const { cursor } = await test.keyholder.handlers.switches({ after: 0, limit: 10 }, asClock);
      test.stop();
      putHistory(join(test.folder, "keyholder.sqlite"), b, history);
      await test.start();
      const { items } = await test.keyholder.handlers.switches({ after: cursor, limit: 10 }, asClock);
      const restore = await nameOf(owner, other);
      expect(restore).not.toBe(before);
      expect(items).toMatchObject([{ b, heldAfter: [{ restore }] }]);
    }));
});
