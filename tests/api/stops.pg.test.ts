import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { withStack } from "../stack/a-stack.ts";
import { disarm, pause } from "../stack/a-stop.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";

const dayMs = 86_400_000;
const everything = { b: "", policyHash: "" };

const stopOf = async (owner: Owner, b: string) => {
  const { now, switches } = await owner.ask("getStatus");
  const shown = switches.find((one) => one.b === b);
  return { now, state: shown?.state, stoppedAt: shown?.stoppedAt };
};

describe("what one device stopped", () => {
  it("shows on every other, with the day on which it was stopped", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, other] = [
        await anArmedBequest(owner, await aRecipient(owner)),
        await anArmedBequest(owner, await aRecipient(owner), { mseq: 2 }),
      ];
      expect(await stopOf(owner, one.b)).toMatchObject({ state: "armed", stoppedAt: null });
      await disarm(owner, one);
      const disarmed = await stopOf(owner, one.b);
      expect(disarmed.state).toBe("disarmed");
      expect(disarmed.stoppedAt).toBeGreaterThan(disarmed.now - dayMs);
      expect(disarmed.stoppedAt).toBeLessThanOrEqual(disarmed.now);
      expect(await stopOf(owner, other.b)).toMatchObject({ state: "armed", stoppedAt: null });
      await pause(owner, other, 30 * dayMs);
      const paused = await stopOf(owner, other.b);
      expect([paused.state, paused.stoppedAt]).toEqual(["paused", expect.any(Number)]);
      await pause(owner, other, 0);
      expect(await stopOf(owner, other.b)).toMatchObject({ state: "armed", stoppedAt: null });
    }));

  it("shows too where everything was stopped at once, and is of nobody else", () =>
    withStack(async (stack) => {
      const [owner, stranger] = [await anOwner(stack), await anOwner(stack)];
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const theirs = await anArmedBequest(stranger, await aRecipient(stranger));
      await disarm(owner, everything);
      expect(await stopOf(owner, b)).toMatchObject({ state: "disarmed", stoppedAt: expect.any(Number) });
      expect(await stopOf(stranger, theirs.b)).toMatchObject({ state: "armed", stoppedAt: null });
    }));
});
