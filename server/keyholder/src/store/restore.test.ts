import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { sha256, signingKeyFromSeed } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { armed, newBequestId, policyOf } from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function epochOf(test: TestKeyholder): Promise<number> {
  return (await test.keyholder.handlers.info({}, asApi)).epoch;
}

describe("an older store put in place of the present one", () => {
  it("is noticed and holds everything for at least ninety attended days and a full silence", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 40 * dayMs);
      const backup = await test.backUp();
      await owner.checkIn();
      await test.restoreStore(backup);
      expect(await epochOf(test)).toBe(2);
      expect(await switchOf(owner, b)).toMatchObject({
        state: "held",
        waitsFor: "hold",
        left: (90 + 30 + 14 + 3) * dayMs,
      });
      await silence(test, 89 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("held");
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await silence(test, 47 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await silence(test, 2.5 * dayMs);
      await fetchShare(owner, b, person);
    }));

  it("is held also when the mark beside it was deleted, or a second old copy comes after the first", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const older = await test.backUp();
      for (let i = 0; i < 10; i++) await owner.checkIn();
      const old = await test.backUp();
      await test.restoreStore(older);
      expect(await epochOf(test)).toBe(2);
      await test.restoreStore(old);
      expect(await epochOf(test)).toBe(3);
      test.stop();
      rmSync(join(test.folder, "high-water"));
      await test.start();
      expect(await epochOf(test)).toBe(4);
    }));

  it("is held also when the process dies at any step of its first commits", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const old = await test.backUp();
      await owner.checkIn();
      for (let step = 1; step <= 8; step++) {
        let steps = 0;
        test.onCommitStep = () => {
          if (++steps === step) throw new Error("died");
        };
        await test.restoreStore(old).catch(() => {});
        test.onCommitStep = () => {};
        await test.restart();
        expect([step, (await switchOf(owner, b)).state]).toEqual([step, "held"]);
      }
    }));

  it("never gives back a share that was withdrawn before the restore", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 48 * dayMs);
      const granted = await test.backUp();
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("granted");
      await owner.checkIn();
      await test.restoreStore(granted);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      const { slots, release } = await switchOf(owner, b);
      expect(slots[0]?.stage).toBe("withdrawn");
      expect(slots[0]?.withdrawn).not.toBe("");
      expect(release).toBe("");
    }));

  it("is freed by the owner's signed sign alone, whose receipt is above every earlier one", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const backup = await test.backUp();
      const newest = await owner.checkIn();
      await test.restoreStore(backup);
      const { token } = await owner.handlers.mintToken(
        { account: owner.account },
        { caller: "clock", requestId: "test" },
      );
      const weak = async () => owner.handlers.submitToken({ token, nonce: newest.nonce }, asApi);
      await expect(weak()).rejects.toThrow("sign-not-accepted");
      expect((await switchOf(owner, b)).state).toBe("held");
      const receipt = await owner.checkIn();
      expect([receipt.epoch, newest.epoch]).toEqual([2, 1]);
      expect(receipt.rows[0]).toMatchObject({ state: "armed", used: 0 });
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("is freed also by a device that knows more, which learns from the receipt what was lost", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const known = owner.head;
      const backup = await test.backUp();
      await owner.pin(await aPerson());
      await test.restoreStore(backup);
      expect((await switchOf(owner, b)).state).toBe("held");
      const receipt = await owner.checkIn();
      expect(receipt).toMatchObject({ epoch: 2, head: known, rows: [{ state: "armed", used: 0 }] });
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("obeys a disarm that names a policy which it lost", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      const { b } = generation;
      const backup = await test.backUp();
      const lost = await owner.signAndSubmit("policy", policyOf(owner, generation, { unreachableExtra: 90 * dayMs }));
      await test.restoreStore(backup);
      const receipt = await owner.submit("disarm", await owner.signDisarm(b, lost));
      expect(receipt.rows[0]).toMatchObject({ b, state: "disarmed", left: 0 });
      await expect(owner.submit("disarm", await owner.signDisarm(newBequestId(), lost))).rejects.toThrow(
        "statement-policy-unknown",
      );
      await test.restart();
      await silence(test, 200 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("disarmed");
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
    }));

  it("binds nothing that was cooling in it: the owner may have cancelled that since", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const generation = await armed(owner, [await aPerson()]);
      const { b, policyHash } = generation;
      await owner.signAndSubmit("policy", policyOf(owner, generation, { weakMax: 0 }));
      const backup = await test.backUp();
      await owner.submit("disarm", await owner.signDisarm(b, policyHash));
      await test.restoreStore(backup);
      await silence(test, 10 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", policyHash });
      expect((await owner.checkIn()).pending.loosenings).toEqual([]);
    }));

  it("shows every switch again to a clock zone whose cursor is of the lost time", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const backup = await test.backUp();
      for (let i = 0; i < 5; i++) await owner.checkIn();
      const asClock = { caller: "clock", requestId: "test" } as const;
      const { cursor } = await test.keyholder.handlers.switches({ after: 0, limit: 10 }, asClock);
      await test.restoreStore(backup);
      const { items } = await test.keyholder.handlers.switches({ after: cursor, limit: 10 }, asClock);
      expect(items.map((item) => [item.b, item.state])).toEqual([[b, "held"]]);
    }));

  describe("twice, where the second got the same epoch because the mark was deleted,", () => {
    const asClock = { caller: "clock", requestId: "test" } as const;
    const newsAfter = (test: TestKeyholder, after: number) =>
      test.keyholder.handlers.switches({ after, limit: 10 }, asClock);

    /** How far a reader had come between the two, and what there is to be read. */
    async function restoredTwice(test: TestKeyholder, between: () => Promise<void>) {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const restoreWithoutMark = async (backup: string) => {
        test.stop();
        rmSync(join(test.folder, "high-water"));
        await test.restoreStore(backup);
        return epochOf(test);
      };
      const older = await test.backUp();
      await owner.checkIn();
      const epoch = await restoreWithoutMark(await test.backUp());
      await owner.checkIn();
      const { cursor } = await newsAfter(test, 0);
      await between();
      expect(await restoreWithoutMark(older)).toBe(epoch);
      return { cursor, b };
    }

    it("shows them again to a reader of the first", () =>
      withKeyholder(async (test) => {
        const { cursor, b } = await restoredTwice(test, () => test.pass(dayMs));
        const { items } = await newsAfter(test, cursor);
        expect(items.map((item) => [item.b, item.state])).toEqual([[b, "held"]]);
      }));

    it("tells a reader of the first to begin anew where the wall clock stands years back", () =>
      withKeyholder(async (test) => {
        const { cursor, b } = await restoredTwice(test, async () => test.clock.jumpWall(-3 * 365 * dayMs));
        const answer = await newsAfter(test, cursor);
        expect(answer.items).toEqual([]);
        expect(answer.cursor).toBeLessThan(cursor);
        // Why not as held: that clock is in doubt, which is shown first.
        expect((await newsAfter(test, 0)).items.map((item) => item.b)).toEqual([b]);
      }));
  });

  it("is not suspected after an ordinary restart", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      for (let i = 0; i < 3; i++) await test.restart();
      expect(await epochOf(test)).toBe(1);
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("that is missing altogether stops the start", () =>
    withKeyholder(async (test) => {
      await anOwner(test);
      test.stop();
      for (const end of ["", "-wal", "-shm"]) rmSync(join(test.folder, `keyholder.sqlite${end}`), { force: true });
      await expect(test.start()).rejects.toThrow("store-lost");
    }));
});

describe("the keys of a store", () => {
  it.each(["signing.key", "share.kek", "blob.identity"])(
    "are never made anew beside it: without %s it does not start",
    (name) =>
      withKeyholder(async (test) => {
        await anOwner(test);
        test.stop();
        rmSync(join(test.folder, name));
        await expect(test.start()).rejects.toThrow("keys-lost");
      }),
  );

  it("stay the same over a restart, and the next one may be taken offline", () =>
    withKeyholder(async (test) => {
      const before = await test.keyholder.handlers.info({}, asApi);
      rmSync(join(test.folder, "next-key.OFFLINE"));
      await test.restart();
      expect(await test.keyholder.handlers.info({}, asApi)).toEqual(before);
    }));

  it("commit to the next one, which lies in the file that belongs offline", () =>
    withKeyholder(async (test) => {
      const { nextKey, publicKey } = await test.keyholder.handlers.info({}, asApi);
      const seed = readFileSync(join(test.folder, "next-key.OFFLINE"), "utf8").trim().split("\n").at(-1) ?? "";
      const next = signingKeyFromSeed(decodeBase64url(seed)).publicKey;
      expect(encodeBase64url(sha256(next))).toBe(nextKey);
      expect(encodeBase64url(next)).not.toBe(publicKey);
    }));
});

describe("the mode of a store", () => {
  it("is fixed when it is created, both ways, and so is the factor", () =>
    withKeyholder(async (test) => {
      const created = test.settings;
      test.stop();
      for (const settings of [real, { mode: "demo" as const, factor: 2 }]) {
        test.settings = settings;
        await expect(test.start()).rejects.toThrow("mode-fixed");
      }
      test.settings = created;
      await test.start();
    }));

  it("real is refused by a demo", () =>
    withKeyholder(async (test) => {
      test.stop();
      test.settings = { mode: "demo", factor: 1 };
      await expect(test.start()).rejects.toThrow("mode-fixed");
      test.settings = real;
      await test.start();
    }, real));
});
