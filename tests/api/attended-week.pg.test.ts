import { describe, expect, it } from "vitest";
import { withStack } from "../stack/a-stack.ts";
import { anOwner } from "../stack/an-owner.ts";

const dayMs = 86_400_000;

describe("a week in which too little time counted", () => {
  it("is told to every owner, with how much did, until it is over", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const percent = async () => (await owner.ask("getStatus")).attendedPercent;
      await stack.silence(8 * dayMs);
      expect(await percent()).toBe(null);
      stack.passProduct(3 * dayMs);
      await stack.silence(dayMs);
      expect(await percent()).toBeGreaterThan(50);
      expect(await percent()).toBeLessThan(70);
      await stack.silence(8 * dayMs);
      expect(await percent()).toBe(null);
    }));
});
