import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;

describe("a hold of everything", () => {
  it("begins anew with every older store, in an epoch one above the last", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const copy = await test.backUp();
      const { epoch } = await owner.handlers.info({}, asApi);
      for (const turn of [1, 2]) {
        await test.pass(10 * dayMs);
        await test.restoreStore(copy);
        expect((await owner.handlers.info({}, asApi)).epoch).toBe(epoch + turn);
        expect(await switchOf(owner, b)).toMatchObject({ state: "held", left: (90 + 47) * dayMs });
      }
      const held = await test.backUp();
      await test.pass(10 * dayMs);
      await test.restoreStore(held);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", left: (90 + 47) * dayMs });
    }));
});
