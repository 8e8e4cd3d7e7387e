import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

describe.concurrent("an owner whom no channel reaches any more", { timeout: 120_000 }, () => {
  it("keeps a release waiting for two weeks and one extra interval, and not for ever", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await test.pass(31 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "reminding", waitsFor: "reminder" });
      await test.pass(14 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "reminding", waitsFor: "unreachable" });
      await test.pass(58 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "reminding", waitsFor: "unreachable" });
      await test.pass(16 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("lastCall");
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await test.pass(4 * dayMs);
      await fetchShare(owner, b, person);
    }));

  it("is reachable again as soon as one message is taken: what was tried in vain counts no more", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await test.pass(100 * dayMs);
      expect((await switchOf(owner, b)).waitsFor).toBe("unreachable");
      test.mail.isDown = false;
      await test.pass(dayMs);
      test.mail.isDown = true;
      expect((await switchOf(owner, b)).state).toBe("grace");
      await test.pass(60 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "grace", waitsFor: "unreachable" });
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
    }));

  it("is called ever more rarely: after a quarter of an hour at first, every six hours in the end", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const callsOf = async (hours: number) => {
        const before = test.mail.refused;
        for (let i = 0; i < hours * 4; i++) await test.pass(dayMs / 96);
        return test.mail.refused - before;
      };
      await silence(test, 44 * dayMs - dayMs / 24);
      test.mail.isDown = true;
      await callsOf(1);
      const tries = [await callsOf(1), await callsOf(24), await callsOf(24), await callsOf(24)];
      expect(tries).toEqual([4, 13, 4, 4]);
      test.mail.isDown = false;
      await silence(test, dayMs / 4);
      expect((await switchOf(owner, b)).waitsFor).toBe("");
    }));

  it("is written to no more once that is over, also where a call was due before and could not be made", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await test.pass(100 * dayMs);
      const { account, handlers } = owner;
      const nothing = { account, b, lastSign: "", phase: "reminding", index: 0 } as const;
      while ((await switchOf(owner, b)).state === "reminding") {
        await test.keyholder.tick();
        test.clock.advance(dayMs / 4);
        await handlers.reminderAccepted(nothing, { caller: "clock", requestId: "test" });
      }
      const before = test.mail.refused;
      await test.keyholder.callOwners();
      expect(test.mail.refused).toBe(before);
    }));

  it("who checks in after all begins everything again", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await test.pass(104 * dayMs);
      await owner.checkIn();
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
      await test.pass(90 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("reminding");
    }));
});
