import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const show = async (test: TestKeyholder, receipt: string) =>
  (await test.keyholder.handlers.showReceipt({ receipt }, asApi)).isProof;
const epochOf = async (test: TestKeyholder) => (await test.keyholder.handlers.info({}, asApi)).epoch;

async function checkIn(owner: Owner): Promise<string> {
  return (await owner.handlers.submit({ kind: "checkin", statement: await owner.signCheckIn() }, asApi)).receipt;
}

describe("a keyholder that was put back with its whole folder", () => {
  it("holds everything as soon as anybody shows it a newer receipt of its own", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 40 * dayMs);
      const copy = await test.backUp();
      const newest = await checkIn(owner);
      await test.restoreFolder(copy);
      expect([await epochOf(test), (await switchOf(owner, b)).state]).toEqual([1, "grace"]);
      expect(await show(test, newest)).toBe(true);
      expect([await epochOf(test), (await switchOf(owner, b)).state]).toEqual([2, "held"]);
      expect(await show(test, newest)).toBe(false);
      await silence(test, 60 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      const receipt = await owner.checkIn();
      expect(receipt).toMatchObject({ epoch: 2, rows: [{ state: "armed", used: 0 }] });
    }));

  it("goes above the epoch that the receipt speaks of", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const copy = await test.backUp();
      await owner.checkIn();
      await test.restoreStore(copy);
      const ofSecond = await checkIn(owner);
      await test.restoreFolder(copy);
      expect(await show(test, ofSecond)).toBe(true);
      expect(await epochOf(test)).toBe(3);
    }));

  it("believes no receipt that is old, another keyholder's, changed, or none", () =>
    withKeyholder(async (test) =>
      withKeyholder(async (other) => {
        const owner = await anOwner(test);
        const { b } = await armed(owner, [await aPerson()]);
        const stranger = await anOwner(other);
        for (let i = 0; i < 5; i++) await stranger.checkIn();
        const receipts = [await checkIn(owner), await checkIn(owner), await checkIn(stranger)];
        const [, newest = ""] = receipts;
        const [header = "", , signature = ""] = newest.split(".");
        const body = JSON.parse(Buffer.from(newest.split(".")[1] ?? "", "base64url").toString());
        const changed = Buffer.from(JSON.stringify({ ...body, counter: body.counter + 9 })).toString("base64url");
        for (const receipt of [...receipts, `${header}.${changed}.${signature}`, "rubbish", "a.b.c", owner.head.id])
          expect(await show(test, receipt)).toBe(false);
        expect([await epochOf(test), (await switchOf(owner, b)).state]).toEqual([1, "armed"]);
      }),
    ));
});
