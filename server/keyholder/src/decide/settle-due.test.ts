import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, demo, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { freezeAll, thawAll } from "../testing/an-order.ts";
import { remindAll, silence, switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";
import { manyLike } from "../testing/many-like.ts";
import type { CommitStep } from "../store/store.ts";

const asClock = { caller: "clock", requestId: "test" } as const;

async function statesOf(owner: Owner): Promise<Map<string, number>> {
  const { items } = await owner.handlers.switches({ account: owner.account }, asClock);
  const states = new Map<string, number>();
  for (const { state } of items) states.set(state, (states.get(state) ?? 0) + 1);
  return states;
}

/** What was written, not what is derived when somebody asks. */
function shownOf(test: TestKeyholder): unknown[] {
  return inStore(test, (database) =>
    database.prepare("select json_extract(shown, '$.state') as state, count(*) as count from bequest group by 1").all(),
  );
}

/** All but the tick in which `count` releases are decided. */
async function almostDecided(test: TestKeyholder, count: number) {
  const owner = await anOwner(test);
  const { b } = await armed(owner, [await aPerson()]);
  await silence(test, 46.75 * dayMs);
  while ((await switchOf(owner, b)).left > dayMs / 4) await silence(test, dayMs / 4);
  const others = await manyLike(test, owner, b, count - 1);
  test.clock.advance(dayMs / 8);
  await test.keyholder.tick();
  test.clock.advance(dayMs / 4);
  return { owner, b, others };
}

describe("a tick with more due than one commit holds", () => {
  it("settles all of it, and no more commits than it needs", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await manyLike(test, owner, b, 599);
      const steps: CommitStep[] = [];
      test.onCommitStep = (step) => steps.push(step);
      for (let day = 0; day < 15; day += 0.25) {
        test.clock.advance(dayMs / 4);
        steps.length = 0;
        await test.keyholder.tick();
      }
      // One writes the time; 600 switches fit into three of 256.
      expect(steps.filter((step) => step === "begun")).toHaveLength(4);
      expect(shownOf(test)).toEqual([{ state: "reminding", count: 600 }]);
      test.clock.advance(dayMs / 4);
      steps.length = 0;
      await test.keyholder.tick();
      expect(steps.filter((step) => step === "begun")).toHaveLength(1);
    }));

  it("keeps nobody waiting for more than twenty real milliseconds at once", () =>
    withKeyholder(async (test) => {
      const { owner } = await almostDecided(test, 63);
      const monotonicMs = test.clock.monotonicMs.bind(test.clock);
      let [spentMs, begun] = [0, 0];
      test.onCommitStep = (step) => {
        if (step === "begun") begun++;
        // From the commit that writes the time on, every look at the clock takes a millisecond: one for each switch.
        test.clock.monotonicMs = () => monotonicMs() + demo.factor * spentMs++;
      };
      await test.keyholder.tick();
      test.clock.monotonicMs = monotonicMs;
      expect(begun).toBe(1 + 4);
      expect(await statesOf(owner)).toEqual(new Map([["released", 63]]));
    }));

  it("decides nothing while the clock is in doubt or everything is frozen, though it was due before", () =>
    withKeyholder(async (test) => {
      await almostDecided(test, 1);
      const decided = () => inStore(test, (db) => db.prepare("select id from decision").all().length);
      await freezeAll(test);
      await test.keyholder.tick();
      expect(decided()).toBe(0);
      await thawAll(test);
      test.clock.jumpWall(-365 * dayMs);
      await test.keyholder.tick();
      expect(decided()).toBe(0);
    }));

  it("serves others in between", () =>
    withKeyholder(async (test) => {
      const { owner } = await almostDecided(test, 300);
      const served: Map<string, number>[] = [];
      test.onCommitStep = (step) => {
        if (step === "marked") setImmediate(() => void statesOf(owner).then((states) => served.push(states)));
      };
      await test.keyholder.tick();
      await new Promise((done) => setImmediate(done));
      const decided = served.map((states) => states.get("releasing") ?? states.get("released") ?? 0);
      expect(decided.some((count) => count > 0 && count < 300)).toBe(true);
      expect(await statesOf(owner)).toEqual(new Map([["released", 300]]));
    }));

  it("decides everything but what cannot be read, and that once it can", () =>
    withKeyholder(async (test) => {
      const { owner, others } = await almostDecided(test, 300);
      const [broken = ""] = others;
      const setPolicy = (policy: string) =>
        inStore(test, (db) => db.prepare("update bound_policy set policy = ? where b = ?").run(policy, broken));
      const whole = inStore(
        test,
        (db) => db.prepare("select policy from bound_policy where b = ?").get(broken)?.["policy"],
      );
      setPolicy("no JSON");
      await test.keyholder.tick();
      expect(test.errors).toHaveLength(1);
      test.errors.length = 0;
      setPolicy(String(whole));
      expect(await statesOf(owner)).toEqual(new Map([["lastCall", 1], ["released", 299]])); // prettier-ignore
      test.clock.advance(dayMs / 4);
      await test.keyholder.tick();
      expect(test.errors).toEqual([]);
      expect(await statesOf(owner)).toEqual(new Map([["released", 300]]));
    }));

  it.each(["begun", "written", "committed", "marked"] as const)(
    "decides each once when it ends at '%s' of the second commit",
    (step) =>
      withKeyholder(async (test) => {
        const { owner } = await almostDecided(test, 600);
        let seen = 0;
        test.onCommitStep = (reached) => {
          // The first writes the time.
          if (reached === step && seen++ >= 2) throw new Error("crash");
        };
        await expect(test.keyholder.tick()).rejects.toThrow("crash");
        test.onCommitStep = () => {};
        const decidedBefore = inStore(test, (db) => db.prepare("select id from decision order by id").all());
        expect(decidedBefore).toHaveLength(step === "committed" || step === "marked" ? 512 : 256);
        await test.restart();
        test.clock.advance(dayMs / 4);
        await test.keyholder.tick();
        const decided = inStore(test, (db) => db.prepare("select id from decision order by id").all());
        expect(decided).toHaveLength(600);
        expect(decided).toEqual(expect.arrayContaining(decidedBefore));
        expect(await statesOf(owner)).toEqual(new Map([["released", 600]]));
      }),
  );
});

describe("calls that no mail server takes", () => {
  it("keep nothing else waiting, and are all made once one does", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await manyLike(test, owner, b, 96);
      test.mail.isDown = true;
      while ((await switchOf(owner, b)).state !== "lastCall") {
        test.clock.advance(dayMs / 4);
        await test.keyholder.tick();
        await remindAll(test);
      }
      const walked: CommitStep[] = [];
      test.onCommitStep = (step) => walked.push(step);
      test.clock.advance(dayMs / 4);
      await test.keyholder.tick();
      expect(
        walked.filter((step) => step === "begun"),
        "nothing is settled again and again",
      ).toHaveLength(1);
      test.mail.isDown = false;
      walked.length = 0;
      await test.keyholder.callOwners();
      // Thirty-two are on their way at once: written before, timed, written after.
      expect(walked.filter((step) => step === "begun")).toHaveLength(4 * 3);
      expect(test.errors).toEqual([]);
      expect(test.mail.mails).toHaveLength(97);
      expect(await statesOf(owner)).toEqual(new Map([["lastCall", 97]]));
      expect((await switchOf(owner, b)).lastCall).toBe("accepted");
    }));

  it("are made for everybody but whose record cannot be read, of which a walk tells once", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const all = [b, ...(await manyLike(test, owner, b, 3))].toSorted();
      while ((await switchOf(owner, b)).state !== "lastCall") {
        test.clock.advance(dayMs / 4);
        await test.keyholder.tick();
        await remindAll(test);
      }
      for (const broken of [all.at(0), all.at(-1)].map(String))
        inStore(test, (db) => db.prepare("update bound_policy set policy = 'no JSON' where b = ?").run(broken));
      await test.keyholder.callOwners();
      expect([test.mail.mails.length, test.errors.length]).toEqual([2, 2]);
      test.errors.length = 0;
    }));
});
