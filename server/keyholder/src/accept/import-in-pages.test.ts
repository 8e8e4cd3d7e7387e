import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;

type Kept = { readonly statement: string; readonly receipt: string };

/** A disarm, which a store that was put back lost, and where `isUndone` the arming that followed. */
async function aLostDisarm(test: TestKeyholder, isUndone: boolean) {
  const owner = await anOwner(test);
  const bequest = await armed(owner, [await aPerson()]);
  const { b, policyHash } = bequest;
  const backup = await test.backUp();
  await owner.submit("disarm", await owner.signDisarm(b, policyHash));
  await owner.pin(await aPerson());
  if (isUndone) await owner.signAndSubmit("policy", policyOf(owner, bequest, {}));
  const { statements } = await owner.handlers.statements({ account: owner.account, from: 0, limit: 500 }, asApi);
  const kept = statements.map(({ statement, receipt }) => ({ statement, receipt }));
  await test.restoreStore(backup);
  const stateNow = async () => (await switchOf(owner, b)).state;
  expect(await stateNow()).toBe("held");
  return { owner, kept, stateNow };
}

async function copyOf({ handlers, account }: Owner): Promise<Kept[]> {
  const { statements } = await handlers.statements({ account, from: 0, limit: 500 }, asApi);
  return statements.map(({ statement, receipt }) => ({ statement, receipt }));
}

/** Of so many owners each: a pause which a store that was put back lost, and what came after it, a pin and what ends it. */
async function lostPauses(test: TestKeyholder, count: number, ends: "pause" | "policy" | "disarm" | null) {
  const owners: { owner: Owner; bequest: Awaited<ReturnType<typeof armed>> }[] = [];
  for (let i = 0; i < count; i++) {
    const owner = await anOwner(test);
    owners.push({ owner, bequest: await armed(owner, [await aPerson()]) });
  }
  const backup = await test.backUp();
  const lost: Awaited<ReturnType<typeof losePause>>[] = [];
  for (const { owner, bequest } of owners) lost.push(await losePause(owner, bequest, ends));
  await test.restoreStore(backup);
  return lost;
}

async function losePause(
  owner: Owner,
  bequest: Awaited<ReturnType<typeof armed>>,
  ends: "pause" | "policy" | "disarm" | null,
) {
  const { b, policyHash } = bequest;
  await owner.pause(b, policyHash, 300 * dayMs);
  await owner.pin(await aPerson());
  if (ends === "pause") await owner.pause(b, policyHash, 0);
  if (ends === "disarm") await owner.submit("disarm", await owner.signDisarm(b, policyHash));
  if (ends === "policy") await owner.signAndSubmit("policy", policyOf(owner, bequest, {}));
  const seen = async () => {
    const { state, left, used } = await switchOf(owner, b);
    return { state, left, used };
  };
  return { owner, kept: await copyOf(owner), seen };
}

const give = async ({ handlers, account }: Owner, statements: readonly Kept[], more?: boolean) =>
  handlers.importStatements({ account, statements: [...statements], ...(more === undefined ? {} : { more }) }, asApi);

/** One statement in each import. @param closes whether the last of them says that no more follow */
async function giveOneByOne(owner: Owner, kept: readonly Kept[], closes = true): Promise<void> {
  for (const [at, one] of kept.entries()) await give(owner, [one], !closes || at < kept.length - 1);
}

describe("what a restored store lost, given back in several imports", () => {
  it("stops nothing with a disarm after which its owner armed anew: it is released one day", () =>
    withKeyholder(async (test) => {
      const { owner, kept, stateNow } = await aLostDisarm(test, true);
      await giveOneByOne(owner, kept);
      expect(await stateNow()).toBe("held");
      await silence(test, 250 * dayMs);
      expect(await stateNow()).toBe("released");
    }));

  it("is stopped with the last of them, where nothing armed it anew", () =>
    withKeyholder(async (test) => {
      const { owner, kept, stateNow } = await aLostDisarm(test, false);
      await giveOneByOne(owner, kept.slice(0, -1), false);
      expect(await stateNow()).toBe("held");
      await give(owner, kept.slice(-1), false);
      expect(await stateNow()).toBe("disarmed");
    }));

  it("is stopped by the next import that no more follow, where the caller ended before its last: nothing lost need be in it", () =>
    withKeyholder(async (test) => {
      const { owner, kept, stateNow } = await aLostDisarm(test, false);
      await giveOneByOne(owner, kept, false);
      await test.restart();
      const steps: string[] = [];
      test.onCommitStep = (step) => steps.push(step);
      expect(await give(owner, kept.slice(-1), true)).toMatchObject({ imported: 0 });
      expect(steps).toEqual([]);
      expect(await stateNow()).toBe("held");
      expect(await give(owner, kept.slice(-1))).toMatchObject({ imported: 0 });
      expect(await stateNow()).toBe("disarmed");
      await silence(test, 250 * dayMs);
      expect(await stateNow()).toBe("disarmed");
    }));

  it.each(["pause", "policy", "disarm"] as const)(
    "is not paused by a pause that a %s on a later page ends, also where the caller ended between the pages and gives everything once more",
    (kind) =>
      withKeyholder(async (test) => {
        const [whole, paged, broken] = await lostPauses(test, 3, kind);
        if (whole === undefined || paged === undefined || broken === undefined) throw new Error("three were lost");
        await give(whole.owner, whole.kept);
        await giveOneByOne(paged.owner, paged.kept);
        await giveOneByOne(broken.owner, broken.kept.slice(0, -1), false);
        expect(await broken.seen()).toMatchObject({ state: "held" });
        await test.restart();
        await giveOneByOne(broken.owner, broken.kept);
        const seen = await whole.seen();
        expect([await paged.seen(), await broken.seen()]).toEqual([seen, seen]);
        await silence(test, 95 * dayMs);
        expect((await whole.seen()).state).toBe(kind === "disarm" ? "disarmed" : "armed");
        expect(await paged.seen()).toEqual(await whole.seen());
      }),
  );

  it("is paused by one that nothing ends, once the last of them came, for as long as if it had come alone, and only once", () =>
    withKeyholder(async (test) => {
      const [lost] = await lostPauses(test, 1, null);
      if (lost === undefined) throw new Error("one was lost");
      const { owner, kept, seen } = lost;
      const pauseAt = kept.length - 2;
      await giveOneByOne(owner, kept.slice(0, pauseAt + 1), false);
      await owner.checkIn();
      expect((await seen()).state, "not while others follow").toBe("armed");
      await silence(test, 10 * dayMs);
      await test.restart();
      await giveOneByOne(owner, kept);
      expect(await seen()).toMatchObject({ state: "paused", left: (300 - 10 + 47) * dayMs });
      await silence(test, 10 * dayMs);
      const steps: string[] = [];
      test.onCommitStep = (step) => steps.push(step);
      await giveOneByOne(owner, kept);
      expect(steps, "what is obeyed already asks nothing of the disk").toEqual([]);
      expect(await seen()).toMatchObject({ state: "paused", left: (300 - 20 + 47) * dayMs });
    }));

  it("is not paused anew by one that was heard before the store was copied, or is over", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      await owner.pause(b, policyHash, 20 * dayMs);
      const kept = await copyOf(owner);
      await silence(test, 19 * dayMs);
      for (const state of ["paused", "armed"]) {
        const before = await switchOf(owner, b);
        await give(owner, kept);
        expect(await switchOf(owner, b)).toEqual(before);
        expect(before.state).toBe(state);
        await silence(test, 2 * dayMs);
      }
    }));

  it("is stopped at once for a caller who never says whether more follow", () =>
    withKeyholder(async (test) => {
      const { owner, kept, stateNow } = await aLostDisarm(test, false);
      for (const one of kept) await give(owner, [one]);
      expect(await stateNow()).toBe("disarmed");
    }));
});
