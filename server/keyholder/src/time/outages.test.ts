import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { inStore } from "../testing/in-store.ts";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { remindAll, silence, switchOf } from "../testing/a-silence.ts";

const hourMs = 3_600_000;

/** The whole machine is off: no tick, no monotonic clock, and a wall clock that goes on. */
async function off(test: TestKeyholder, ms: number): Promise<void> {
  test.stop();
  test.clock.jumpWall(ms);
  await test.start();
}

const outagesOf = async (test: TestKeyholder) =>
  (await test.keyholder.handlers.outages({}, { caller: "api", requestId: "test" })).outages;

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

  it("is taken in by every record, and rewrites only those of owners who were being asked", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const asked = await armed(owner, [await aPerson()]);
      await silence(test, 29 * dayMs);
      const other = await anOwner(test);
      const quiet = await armed(other, [await aPerson()]);
      inStore(test, (database) =>
        database.exec(
          "create table rewritten (b text); create trigger note after update of history on bequest begin insert into rewritten values (new.b); end",
        ),
      );
      await off(test, 6 * dayMs);
      await test.pass(dayMs / 2);
      const [rewritten, behind] = inStore(test, (database) => [
        database.prepare("select distinct b from rewritten").all(),
        database.prepare("select b from bequest where events_known < (select max(position) from event)").all(),
      ]);
      expect(rewritten).toEqual([{ b: asked.b }]);
      expect(behind).toEqual([]);
      expect((await switchOf(owner, asked.b)).remindersDue).toContainEqual({ phase: "gap", index: 0 });
      await silence(test, 14 * dayMs);
      expect((await switchOf(other, quiet.b)).remindersDue.filter(({ phase }) => phase === "gap")).toEqual([]);
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

  it.each(["history", "shown"])(
    "is told to everybody else, and time goes on, where one record's %s cannot be read",
    (column) =>
      withKeyholder(async (test) => {
        const [owner, other] = [await anOwner(test), await anOwner(test)];
        const { b } = await armed(owner, [await aPerson()]);
        const damaged = await armed(other, [await aPerson()]);
        await silence(test, 29 * dayMs);
        test.stop();
        const database = new DatabaseSync(join(test.folder, "keyholder.sqlite"));
        database.prepare(`update bequest set ${column} = 'not json' where b = ?`).run(damaged.b);
        database.close();
        test.clock.jumpWall(6 * dayMs);
        await test.start();
        const { used } = await switchOf(owner, b);
        test.mail.isDown = true;
        await test.pass(dayMs);
        const after = await switchOf(owner, b);
        expect(after.remindersDue).toEqual([{ phase: "gap", index: 0 }]);
        expect(after.used).toBeGreaterThan(used);
        test.errors.length = 0;
      }),
  );

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

  it("is kept with its days and what it came from, for the owner to see", () =>
    withKeyholder(async (test) => {
      await test.pass(dayMs);
      expect(await outagesOf(test)).toEqual([]);
      const began = test.clock.nowMs();
      await off(test, 9 * dayMs);
      await test.pass(9 * dayMs);
      const [away] = await outagesOf(test);
      expect(away).toMatchObject({ reason: "away", lengthMs: 9 * dayMs });
      expect((away?.untilWallMs ?? 0) - 9 * dayMs).toBe(began);
      test.isReachable = false;
      await test.pass(8 * dayMs);
      test.isReachable = true;
      await test.pass(dayMs);
      expect((await outagesOf(test)).map(({ reason }) => reason)).toEqual(["unreachable", "away"]);
      test.clock.jumpWall(-9 * dayMs);
      await test.pass(12 * dayMs);
      expect((await outagesOf(test)).map(({ reason }) => reason)).toEqual(["clock", "unreachable", "away"]);
      await test.restart();
      expect(await outagesOf(test)).toHaveLength(3);
    }));

  it("is told once of a machine that starts again and again after it", () =>
    withKeyholder(async (test) => {
      await test.pass(hourMs);
      await off(test, 9 * hourMs);
      for (let start = 0; start < 3; start++) {
        await test.pass(10 * 60_000);
        await test.restart();
      }
      await test.pass(10 * 60_000);
      const outages = await outagesOf(test);
      expect(outages).toHaveLength(1);
      expect(outages[0]?.lengthMs).toBeGreaterThanOrEqual(9 * hourMs);
      expect(outages[0]?.lengthMs).toBeLessThan(10 * hourMs);
    }, real));

  it("that is short is none to tell of, and the oldest of very many give way", () =>
    withKeyholder(async (test) => {
      await test.pass(dayMs);
      await off(test, 4 * dayMs);
      await test.pass(6 * dayMs);
      expect(await outagesOf(test)).toEqual([]);
      for (let i = 0; i < 18; i++) {
        await off(test, (9 + i) * dayMs);
        await test.pass(6 * dayMs);
      }
      const kept = await outagesOf(test);
      expect(kept).toHaveLength(16);
      expect(kept[0]?.lengthMs).toBe(26 * dayMs);
    }));
});
