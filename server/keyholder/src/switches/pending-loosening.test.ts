import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { silence, switchOf } from "../testing/a-silence.ts";

const shorter = { interval: 2 * dayMs, reminders: [dayMs], grace: dayMs, lastCall: dayMs / 2 };
const sooner = { interval: 3 * dayMs, reminders: [dayMs], grace: dayMs, lastCall: dayMs / 2 };

/** Reads the news as the clock zone does; answers what cools by each. */
function aReader({ keyholder }: TestKeyholder) {
  let after = 0;
  return async () => {
    const { items, cursor } = await keyholder.handlers.switches(
      { after, limit: 10 },
      { caller: "clock", requestId: "test" },
    );
    after = cursor;
    return items.map(({ cooling }) => cooling);
  };
}

describe("what the clock zone hears of a loosening", () => {
  it("is that it began, and how long it cools, from the keyholder's own news", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      const news = aReader(test);
      expect(await news()).toEqual([[]]);
      const policyHash = await owner.signAndSubmit(
        "policy",
        policyOf(owner, generation, { times: shorter, weakMax: 0 }),
      );
      expect(await news()).toEqual([[{ policyHash, left: 7 * dayMs }]]);
      await test.pass(dayMs);
      expect((await switchOf(owner, generation.b)).cooling).toEqual([{ policyHash, left: 6 * dayMs }]);
      expect(await news()).toEqual([]);
    }));

  it("is that another took its place, and that it is over: cancelled, or bound", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      const news = aReader(test);
      const loosen = async (times: typeof shorter) =>
        owner.signAndSubmit("policy", policyOf(owner, generation, { times, weakMax: 0 }));
      await loosen(shorter);
      const policyHash = await loosen(sooner);
      expect(await news()).toEqual([[{ policyHash, left: 7 * dayMs }]]);
      await owner.submit("disarm", await owner.signDisarm(generation.b, policyHash));
      expect(await news()).toEqual([[]]);
      await loosen(shorter);
      await silence(test, 7.25 * dayMs);
      expect((await news()).at(-1)).toEqual([]);
    }));
});
