import { describe, expect, it } from "vitest";
import type { CommitStep } from "../store/store.ts";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { fetchShare, remindAll, silence, switchOf } from "../testing/a-silence.ts";
import { freezeAll, stateOfFreeze, thawAll, zeroHash } from "../testing/an-order.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";
import { manyLike } from "../testing/many-like.ts";

const hourMs = 3_600_000;
/** More than two commits hold. */
const many = 600;
const steps = ["begun", "written", "committed", "marked"] as const satisfies CommitStep[];

/** Switches that are all in their last call, which was accepted. */
async function allCalled(test: TestKeyholder, count = many) {
  const [owner, person] = [await anOwner(test), await aPerson()];
  const { b } = await armed(owner, [person]);
  while ((await switchOf(owner, b)).lastCall !== "accepted") await silence(test, dayMs / 4);
  const others = await manyLike(test, owner, b, count - 1);
  return { owner, person, b, others };
}

type Written = { readonly state: string; readonly count: number };

/** What the records say, not what is derived when somebody asks. */
function written(test: TestKeyholder): Written[] {
  return inStore(test, (database) =>
    database
      .prepare("select json_extract(shown, '$.state') as state, count(*) as count from bequest group by 1 order by 1")
      .all()
      .map((row) => ({ state: String(row["state"]), count: Number(row["count"]) })),
  );
}

function historiesOf(test: TestKeyholder): string[] {
  return inStore(test, (database) =>
    database
      .prepare("select distinct history from bequest")
      .all()
      .map((row) => String(row["history"])),
  );
}

/** Ends the process at `step` of the commit after the next `skip` ones. */
async function dieAt(
  test: TestKeyholder,
  step: CommitStep,
  skip: number,
  work: () => Promise<unknown> = () => test.keyholder.tick(),
): Promise<void> {
  let seen = 0;
  let isDead = false;
  test.onCommitStep = (reached) => {
    isDead ||= reached === step && seen++ === skip;
    if (isDead) throw new Error("died");
  };
  await expect(work()).rejects.toThrow("died");
  test.onCommitStep = () => {};
  // Why without the tick that comes with a start: what a record lacks must not matter until then.
  test.stop();
}

async function receiptRows(owner: Owner) {
  return (await owner.checkIn()).rows.map(({ state, used }) => ({ state, used }));
}

describe("a freeze that was ordered and is in nobody's record yet", () => {
  it("binds everybody at once: nothing is given, asked or counted, and who checks in is told", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 48 * dayMs);
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("granted");
      await freezeAll(test);
      expect(written(test)).toEqual([{ state: "released", count: 1 }]);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("held");
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "operators" });
      expect(await receiptRows(owner)).toEqual([{ state: "frozen", used: 0 }]);
    }));

  it.each(steps)("decides nothing that falls due, also where the process ends at '%s' of the second commit", (step) =>
    withKeyholder(async (test) => {
      const { owner, b } = await allCalled(test);
      const left = (await switchOf(owner, b)).left;
      // The order itself counts the last of the time that was left.
      for (let rest = left; rest > 12 * hourMs; rest -= 6 * hourMs) await test.pass(6 * hourMs);
      test.clock.advance((await switchOf(owner, b)).left);
      await freezeAll(test, 5 * dayMs);
      // The first writes the time.
      await dieAt(test, step, 2);
      const told = written(test).find(({ state }) => state === "frozen")?.count ?? 0;
      expect(told).toBe(step === "committed" || step === "marked" ? 512 : 256);
      await test.start();
      await test.pass(2 * dayMs);
      expect(written(test)).toEqual([{ state: "frozen", count: many }]);
      expect(inStore(test, (database) => database.prepare("select 1 from decision").all())).toEqual([]);
      expect((await stateOfFreeze(test)).left).toBeLessThan(4 * dayMs);
    }),
  );
});

describe("an order whose answer never came", () => {
  it.each(steps)("because the process ended at '%s' was obeyed for everybody or for nobody", (step) =>
    withKeyholder(async (test) => {
      const { owner, b } = await allCalled(test, 2);
      const isOnDisk = step === "committed" || step === "marked";
      // The first commit writes the time.
      await dieAt(test, step, 1, () => freezeAll(test));
      await startWithoutTick(test);
      expect((await stateOfFreeze(test)).freeze !== zeroHash).toBe(isOnDisk);
      expect((await switchOf(owner, b)).state).toBe(isOnDisk ? "frozen" : "lastCall");
      if (!isOnDisk) await freezeAll(test);
      await test.keyholder.tick();
      await dieAt(test, step, 1, () => thawAll(test));
      await startWithoutTick(test);
      expect((await stateOfFreeze(test)).freeze === zeroHash).toBe(isOnDisk);
      expect((await switchOf(owner, b)).state).toBe(isOnDisk ? "grace" : "frozen");
      await test.keyholder.tick();
      expect(historiesOf(test)).toHaveLength(1);
      expect((await owner.handlers.info({}, { caller: "api", requestId: "test" })).epoch).toBe(1);
    }),
  );
});

describe("a thaw that is in nobody's record yet", () => {
  it("counts at once for everybody: what was warned of before is asked for anew, and its time is none of the freeze's", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await allCalled(test, 3);
      const before = await switchOf(owner, b);
      await freezeAll(test, 5 * dayMs);
      await test.pass(4 * dayMs);
      await thawAll(test);
      expect(written(test)).toEqual([{ state: "frozen", count: 3 }]);
      const asked = await switchOf(owner, b);
      expect(asked).toMatchObject({ state: "grace", used: before.used });
      expect(asked.remindersDue).toHaveLength(1);
      // The message, half the freeze, and at least three days from the new call on.
      expect(asked.left).toBeGreaterThan(5 * dayMs - hourMs);
    }));

  it("is answered by a message that comes before any record is written, as by one that comes after", () =>
    withKeyholder(async (test) => {
      const { owner, b, others } = await allCalled(test, 2);
      const [other = ""] = others;
      await freezeAll(test, 5 * dayMs);
      await test.keyholder.tick();
      await thawAll(test);
      const asClock = { caller: "clock", requestId: "test" } as const;
      const { lastSign } = await switchOf(owner, b);
      const say = (to: string) =>
        test.keyholder.handlers.reminderAccepted(
          { account: owner.account, b: to, lastSign, phase: "gap", index: 0 },
          asClock,
        );
      // No time was counted since, so it is no message after the thaw.
      expect(await say(b)).toEqual({ noted: false });
      test.clock.advance(6 * hourMs);
      expect(await say(b)).toEqual({ noted: true });
      await test.keyholder.tick();
      expect(await say(other)).toEqual({ noted: true });
      expect(historiesOf(test)).toHaveLength(1);
    }));

  it("is the same for all, whatever was in their records when it came, and comes once", () =>
    withKeyholder(async (test) => {
      await allCalled(test);
      await freezeAll(test, 20 * dayMs);
      await dieAt(test, "written", 2);
      await startWithoutTick(test);
      await thawAll(test);
      // Of the second freeze again only some records know, and of its end none.
      await freezeAll(test, 20 * dayMs);
      await dieAt(test, "marked", 2);
      await startWithoutTick(test);
      await freezeAll(test, 10 * dayMs);
      await thawAll(test);
      expect((await stateOfFreeze(test)).freeze).toBe(zeroHash);
      await test.keyholder.tick();
      expect(written(test)).toEqual([{ state: "grace", count: many }]);
      const [history = "{}", ...rest] = historiesOf(test);
      expect(rest).toEqual([]);
      // One for each thaw; the renewal has none.
      expect(JSON.parse(history).gaps).toMatchObject([{ isThaw: true }, { isThaw: true }]);
    }));

  it.each(steps)("reaches everybody where the process ends at '%s' of the second commit", (step) =>
    withKeyholder(async (test) => {
      await allCalled(test);
      await freezeAll(test, dayMs);
      await test.keyholder.tick();
      await thawAll(test);
      await dieAt(test, step, 2);
      await test.start();
      expect(written(test)).toEqual([{ state: "grace", count: many }]);
      expect(historiesOf(test)).toHaveLength(1);
      expect(test.errors).toEqual([]);
    }),
  );

  it("lets check-ins be answered while records are written, and nobody's sign is lost by it", () =>
    withKeyholder(async (test) => {
      const { b } = await allCalled(test);
      const owner = await anOwner(test);
      const own = await armed(owner, [await aPerson()]);
      await freezeAll(test, dayMs);
      const behind: number[] = [];
      let hasBegun = false;
      test.onCommitStep = (step) => {
        if (step !== "marked" || hasBegun) return;
        hasBegun = true;
        setImmediate(() => {
          void owner
            .checkIn()
            .then(() => behind.push(written(test).find(({ state }) => state !== "frozen")?.count ?? 0));
        });
      };
      await test.keyholder.tick();
      test.onCommitStep = () => {};
      expect(behind).toHaveLength(1);
      expect(behind[0]).toBeGreaterThan(0);
      await thawAll(test);
      await test.keyholder.tick();
      expect(await switchOf(owner, own.b)).toMatchObject({ state: "armed", used: 0, remindersDue: [] });
      expect(b).not.toBe(own.b);
    }));
});

describe("a record that cannot be read when everything is thawed, or held", () => {
  const damage = (test: TestKeyholder, b: string, history = "not json") =>
    inStore(test, (database) => {
      const before = database.prepare("select history from bequest where b = ?").get(b)?.["history"];
      database.prepare("update bequest set history = ? where b = ?").run(history, b);
      return String(before);
    });

  it("is told of at each tick, and has taken in the thaw once it can be read", () =>
    withKeyholder(async (test) => {
      const { owner, others } = await allCalled(test, 3);
      const [broken = ""] = others;
      await freezeAll(test, dayMs);
      await test.keyholder.tick();
      const whole = damage(test, broken);
      await thawAll(test);
      await test.keyholder.tick();
      await test.keyholder.tick();
      expect(test.errors).toHaveLength(2);
      test.errors.length = 0;
      damage(test, broken, whole);
      expect((await switchOf(owner, broken)).state).toBe("grace");
      await test.keyholder.tick();
      expect(test.errors).toEqual([]);
      expect(historiesOf(test)).toHaveLength(1);
    }));

  it("keeps no other from being held after a restore, nor the keyholder from starting, and is never released by it", () =>
    withKeyholder(async (test) => {
      const { owner, person, b, others } = await allCalled(test, 3);
      const [broken = ""] = others;
      const whole = damage(test, broken);
      const old = await test.backUp();
      await owner.checkIn().catch(() => {});
      await silence(test, dayMs);
      test.errors.length = 0;
      await test.restoreStore(old);
      expect(test.errors.length).toBeGreaterThan(0);
      const newcomer = await anOwner(test);
      const { b: fresh } = await armed(newcomer, [await aPerson()]);
      expect(await switchOf(newcomer, fresh)).toMatchObject({ state: "armed", left: 47 * dayMs });
      const asApi = { caller: "api", requestId: "test" } as const;
      const asked = { bequests: [{ account: owner.account, b }] };
      expect((await test.keyholder.handlers.switches(asked, asApi)).items).toMatchObject([{ state: "held" }]);
      await test.pass(10 * dayMs);
      damage(test, broken, whole);
      const held = await switchOf(owner, broken);
      expect(held.state).toBe("held");
      // Counted from the restore on, as for everybody.
      expect(held.left).toBe((await switchOf(owner, b)).left);
      await silence(test, 70 * dayMs);
      await expect(fetchShare(owner, broken, person)).rejects.toThrow("not-granted");
      await silence(test, 80 * dayMs);
      expect((await switchOf(owner, broken)).slots[0]?.stage).toBe("granted");
      test.errors.length = 0;
    }));
});

describe("an outage, in a freeze or not", () => {
  it("is in nobody's record before the next look, and counts for everybody all the same, also after another start", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 29 * dayMs);
      await manyLike(test, owner, b, many - 1);
      await outageThatNobodyTookIn(test);
      expect((await switchOf(owner, b)).remindersDue).toEqual([{ phase: "gap", index: 0 }]);
      await freezeAll(test, dayMs);
      await test.restart();
      await remindAll(test);
      await thawAll(test);
      await test.keyholder.tick();
      expect(historiesOf(test)).toHaveLength(1);
      expect(JSON.parse(historiesOf(test)[0] ?? "{}").gaps).toHaveLength(2);
    }));
});

describe("a reminder that an outage asks for", () => {
  it("is no more due for whoever noted it before it was in the record", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 29 * dayMs);
      await outageThatNobodyTookIn(test);
      const { account, lastSign, remindersDue, revision } = await switchOf(owner, b);
      expect(remindersDue).toEqual([{ phase: "gap", index: 0 }]);
      const clock = { caller: "clock", requestId: "test" } as const;
      const noted = { account, b, lastSign, phase: "gap", index: 0 } as const;
      expect(await owner.handlers.reminderAccepted(noted, clock)).toEqual({ noted: true });
      const news = await owner.handlers.switches({ after: revision, limit: 10 }, clock);
      expect(news.items.map(({ b, remindersDue }) => ({ b, remindersDue }))).toEqual([{ b, remindersDue: [] }]);
    }));
});

/** It is written once for all, and in no record yet. */
async function outageThatNobodyTookIn(test: TestKeyholder): Promise<void> {
  test.isReachable = false;
  test.clock.advance(20 * dayMs);
  await test.keyholder.tick();
  test.isReachable = true;
  await test.keyholder.tick();
  test.clock.advance(6 * hourMs);
  // The first writes the time, and the outage with it.
  await dieAt(test, "begun", 1);
  await startWithoutTick(test);
}

/** The first commit of a start writes the time; here the second, of the tick that comes with it, is not made. */
async function startWithoutTick(test: TestKeyholder): Promise<void> {
  let hasStarted = false;
  test.onCommitStep = (step) => {
    if (hasStarted) throw new Error("not yet");
    hasStarted = step === "marked";
  };
  await expect(test.start()).rejects.toThrow("not yet");
  test.onCommitStep = () => {};
}
