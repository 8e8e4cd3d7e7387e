import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient, fetchGrant } from "../stack/a-bequest.ts";
import { aSignedCheckIn } from "../stack/a-check-in.ts";
import { aClockZone } from "../stack/a-clock-zone.ts";
import { dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner } from "../stack/an-owner.ts";

const asClock = { caller: "clock", requestId: "test" } as const;

/** An owner who fell silent, and came back just before a copy of the keyholder's folder would have decided. */
async function aReturn(stack: Stack) {
  const owner = await anOwner(stack);
  const bequest = await anArmedBequest(owner, await aRecipient(owner));
  await stack.silence(40 * dayMs);
  const clock = aClockZone(stack);
  await clock.turn();
  const before = clock.taken.length;
  const copy = await stack.backUpKeyholder();
  const checkIn = async () => owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
  const { account } = owner;
  const state = async () => (await stack.keyholder.handlers.switches({ account }, asClock)).items[0]?.state;
  const told = () => clock.taken.slice(before).filter(({ to }) => to === bequest.recipient.email);
  return { account, bequest, clock, copy, checkIn, state, told };
}

describe("a letter that tells somebody of a release", () => {
  it("does not leave where the keyholder decided by an older store, and everything is held", () =>
    withStack(async (stack) => {
      const { account, clock, copy, checkIn, state, told } = await aReturn(stack);
      await checkIn();
      await stack.restoreKeyholderFolder(copy);
      await stack.silence(20 * dayMs);
      expect(await state()).toBe("released");
      const logged = vi.spyOn(stack.api.services.logger, "error");
      await clock.turn();
      expect(told()).toEqual([]);
      expect(await state()).toBe("held");
      expect(logged.mock.calls).toContainEqual([{ event: "keyholder-rolled-back", tenant: account }]);
      await clock.turn();
      expect(told()).toEqual([]);
    }));

  it("does not leave either where that store counted past what it lost", () =>
    withStack(async (stack) => {
      const { bequest, clock, copy, checkIn, state, told } = await aReturn(stack);
      await checkIn();
      await stack.restoreKeyholderFolder(copy);
      const shown = vi.spyOn(stack.api.services.keyholder, "showReceipt").mockResolvedValue({ isProof: false });
      await checkIn();
      await checkIn();
      shown.mockRestore();
      await stack.silence(60 * dayMs);
      expect(await state()).toBe("released");
      await clock.turn();
      expect(told()).toEqual([]);
      expect(await state()).toBe("held");
      await expect(fetchGrant(bequest)).rejects.toThrow("404");
    }));

  it("leaves where nothing was put back", () =>
    withStack(async (stack) => {
      const { clock, checkIn, state, told } = await aReturn(stack);
      await checkIn();
      await stack.silence(60 * dayMs);
      expect(await state()).toBe("released");
      await clock.turn();
      expect(told()).toHaveLength(1);
    }));
});
