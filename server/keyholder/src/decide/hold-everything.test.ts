import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

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
      await test.pass(10 * dayMs);
      const held = await test.backUp();
      expect((await switchOf(owner, b)).left).toBe((80 + 47) * dayMs);
      await test.pass(10 * dayMs);
      await test.restoreStore(held);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", left: (90 + 47) * dayMs });
      expect(test.holds).toEqual(["restored", "restored", "restored"]);
    }));

  it("after a clock in doubt is of those alone who are not held yet", () =>
    withKeyholder(async (test) => {
      const [owner, other] = [await anOwner(test), await anOwner(test)];
      const [{ b }, back] = [await armed(owner, [await aPerson()]), await armed(other, [await aPerson()])];
      await test.restoreStore(await test.backUp());
      await test.pass(10 * dayMs);
      await other.checkIn();
      test.clock.jumpWall(-365 * dayMs);
      await test.pass(26 * dayMs);
      const { left } = await switchOf(owner, b);
      expect(await switchOf(other, back.b)).toMatchObject({ state: "held" });
      expect((await switchOf(other, back.b)).left - left).toBe(10 * dayMs);
      expect(test.holds).toEqual(["restored", "clock"]);
    }));

  it("is the last that a record took in: an outage that comes next adds to its silence as any other", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await test.restoreStore(await test.backUp());
      await owner.checkIn();
      await silence(test, 29 * dayMs);
      test.stop();
      test.clock.jumpWall(6 * dayMs);
      await test.start();
      test.mail.isDown = true;
      await test.pass(2 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({
        state: "reminding",
        remindersDue: [{ phase: "gap", index: 0 }],
      });
    }));

  it("is told also where its commit fails after it is on the disk: nothing would hold it again, and nobody else tell of it", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const backUp = await test.backUp();
      const statement = await owner.signCheckIn();
      const { receipt } = await owner.handlers.submit({ kind: "checkin", statement }, asApi);
      await test.restoreFolder(backUp);
      let isFailing = true;
      test.onCommitStep = (step) => {
        if (step !== "committed" || !isFailing) return;
        isFailing = false;
        throw new Error("the mark cannot be written");
      };
      const show = async () => owner.handlers.showReceipt({ receipt }, asApi);
      await expect(show()).rejects.toThrow("the mark cannot be written");
      expect((await switchOf(owner, b)).state).toBe("held");
      expect(await show()).toEqual({ isProof: false });
      expect(test.holds).toEqual(["restored"]);
    }));

  it("takes back what was not fetched, with a word of the keyholder's for it alone", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const [quick, slow] = [await aPerson(), await aPerson()];
      const { b } = await armed(owner, [quick, slow], { delays: [0, 30 * dayMs] });
      while ((await switchOf(owner, b)).state !== "releasing") await silence(test, dayMs / 4);
      await fetchShare(owner, b, quick);
      await test.restoreStore(await test.backUp());
      const said = (await switchOf(owner, b)).slots.map(({ r, stage, withdrawn }) => [r, stage, withdrawn !== ""]);
      expect(new Set(said)).toEqual(
        new Set([
          [quick.r, "fetched", false],
          [slow.r, "withdrawn", true],
        ]),
      );
    }));
});
