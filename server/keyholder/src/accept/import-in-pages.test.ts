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

  it("is stopped at once for a caller who never says whether more follow", () =>
    withKeyholder(async (test) => {
      const { owner, kept, stateNow } = await aLostDisarm(test, false);
      for (const one of kept) await give(owner, [one]);
      expect(await stateNow()).toBe("disarmed");
    }));
});
