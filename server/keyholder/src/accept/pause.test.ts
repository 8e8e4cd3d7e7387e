import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;

describe("a pause", () => {
  it("lets nothing run for so long, and then begins the full time", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b, policyHash } = await armed(owner, [person]);
      const receipt = await owner.pause(b, policyHash, 90 * dayMs);
      expect(receipt.rows[0]).toMatchObject({ state: "paused", used: 0 });
      await silence(test, 89 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "paused", waitsFor: "pause", remindersDue: [] });
      expect(test.mail.mails).toEqual([]);
      await silence(test, 2 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("armed");
      while (test.clock.nowMs() < (receipt.rows[0]?.earliest.silence ?? 0)) {
        await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
        await silence(test, dayMs);
      }
      await silence(test, 2 * dayMs);
      await fetchShare(owner, b, person);
    }));

  it("is not ended by a check-in, and is by the owner's key", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      await owner.pause(b, policyHash, 90 * dayMs);
      expect((await owner.checkIn()).rows[0]?.state).toBe("paused");
      expect((await owner.pause(b, policyHash, 0)).rows[0]?.state).toBe("armed");
    }));

  it("of everything holds every bequest, and takes back what was not fetched", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const [first, second] = [await armed(owner, [person]), await armed(owner, [await aPerson()])];
      await silence(test, 48 * dayMs);
      expect((await switchOf(owner, first.b)).state).toBe("released");
      await owner.pause("", "", 10 * dayMs);
      await expect(fetchShare(owner, first.b, person)).rejects.toThrow("not-granted");
      for (const { b } of [first, second]) expect((await switchOf(owner, b)).state).toBe("paused");
    }));

  it("that a restored store lost is obeyed when it is given back, and is no sign of life", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      const before = await test.backUp();
      const statement = await owner.signPause(b, policyHash, 300 * dayMs);
      const { receipt } = await owner.handlers.submit({ kind: "pause", statement }, asApi);
      await test.restoreStore(before);
      const lost = { account: owner.account, statements: [{ statement, receipt }] };
      expect(await owner.handlers.importStatements(lost, asApi)).toMatchObject({ imported: 1 });
      expect((await switchOf(owner, b)).state).toBe("held");
      await silence(test, 100 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("paused");
    }));

  it.each(["pause", "policy", "disarm"] as const)(
    "that was ended by a %s before the store was lost stays ended",
    (kind) =>
      withKeyholder(async (test) => {
        const owner = await anOwner(test);
        const bequest = await armed(owner, [await aPerson()]);
        const { b, policyHash } = bequest;
        const before = await test.backUp();
        const end = {
          pause: () => owner.signPause(b, policyHash, 0),
          policy: () => owner.signControl("policy", policyOf(owner, bequest)),
          disarm: () => owner.signDisarm(b, policyHash),
        };
        const given = async (as: "pause" | "policy" | "disarm", statement: string) => {
          const { receipt } = await owner.handlers.submit({ kind: as, statement }, asApi);
          return { statement, receipt };
        };
        const pause = await given("pause", await owner.signPause(b, policyHash, 300 * dayMs));
        const statements = [pause, await given(kind, await end[kind]())];
        await test.restoreStore(before);
        expect(await owner.handlers.importStatements({ account: owner.account, statements }, asApi)).toMatchObject({
          imported: 2,
        });
        await silence(test, 100 * dayMs);
        expect((await switchOf(owner, b)).state).not.toBe("paused");
      }),
  );
});
