import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";
import { inStore } from "../testing/in-store.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const show = async (test: TestKeyholder, receipt: string) =>
  (await test.keyholder.handlers.showReceipt({ receipt }, asApi)).isProof;
const epochOf = async (test: TestKeyholder) => (await test.keyholder.handlers.info({}, asApi)).epoch;

async function checkIn(owner: Owner): Promise<string> {
  return (await owner.handlers.submit({ kind: "checkin", statement: await owner.signCheckIn() }, asApi)).receipt;
}

async function pressLink({ handlers, account }: Owner, token?: string, nonce = randomHash()): Promise<string> {
  const link = token ?? (await handlers.mintToken({ account }, { ...asApi, caller: "clock" })).token;
  return (await handlers.submitToken({ token: link, nonce }, asApi)).receipt;
}

/** All that this keyholder gave, as its store has them. */
const allGiven = (test: TestKeyholder) =>
  inStore(test, (database) =>
    database
      .prepare("select jws from receipt")
      .all()
      .map(({ jws }) => String(jws)),
  );

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

  it("holds also where it counted past what the receipt speaks of: what was disarmed meanwhile decides nothing", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b, policyHash } = await armed(owner, [person]);
      const copy = await test.backUp();
      const statement = await owner.signDisarm(b, policyHash);
      const { receipt } = await owner.handlers.submit({ kind: "disarm", statement }, asApi);
      await test.restoreFolder(copy);
      for (let i = 0; i < 3; i++) await pressLink(owner);
      await silence(test, 40 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("grace");
      expect(await show(test, receipt)).toBe(true);
      expect([await epochOf(test), (await switchOf(owner, b)).state]).toEqual([2, "held"]);
      expect(test.holds).toEqual(["restored"]);
      await silence(test, 30 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await owner.handlers.importStatements({ account: owner.account, statements: [{ statement, receipt }] }, asApi);
      expect([await epochOf(test), (await switchOf(owner, b)).state]).toEqual([2, "disarmed"]);
    }));

  it("holds also where the number of the receipt is that of another one of its own", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const copy = await test.backUp();
      const lost = await checkIn(owner);
      await test.restoreFolder(copy);
      const other = await checkIn(owner);
      expect(await show(test, other)).toBe(false);
      expect([await show(test, lost), await epochOf(test)]).toEqual([true, 2]);
      expect((await switchOf(owner, b)).state).toBe("held");
      for (const old of [lost, other]) expect(await show(test, old)).toBe(false);
    }));

  it("holds also where the very same was sent to it again, and it answered otherwise", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const { token } = await owner.handlers.mintToken({ account: owner.account }, { ...asApi, caller: "clock" });
      const [copy, nonce] = [await test.backUp(), randomHash()];
      const lost = await pressLink(owner, token, nonce);
      await test.restoreFolder(copy);
      await silence(test, dayMs);
      const again = await pressLink(owner, token, nonce);
      expect([await show(test, again), await show(test, lost), await epochOf(test)]).toEqual([false, true, 2]);
    }));

  it("takes none that it gave for proof: not after a restart, a restore that it noticed, or what it was given back", () =>
    withKeyholder(async (test) => {
      const [owner, job] = [await anOwner(test), generateSigningKey()];
      const { b, policyHash } = await armed(owner, [await aPerson()], {
        classes: ["signed", "delegated", "token", "attested"],
      });
      await owner.certifyDelegate(job);
      const copy = await test.backUp();
      const { account } = owner;
      await Promise.all([pressLink(owner), owner.handlers.attest({ account, event: randomHash() }, asApi)]);
      await owner.submit("checkin", await owner.signAsDelegate(job));
      await owner.pause(b, policyHash, dayMs);
      await owner.pin(await aPerson());
      await test.restart();
      await Promise.all([checkIn(owner), checkIn(owner)]);
      const given = allGiven(test);
      const lost = (await owner.handlers.statements({ account, from: 0, limit: 500 }, asApi)).statements;
      expect(given).toHaveLength(lost.length + 5);
      for (const receipt of given) expect(await show(test, receipt)).toBe(false);
      await test.restoreStore(copy);
      const statements = lost.map(({ statement, receipt }) => ({ statement, receipt }));
      expect((await owner.handlers.importStatements({ account, statements }, asApi)).imported).toBe(2);
      for (let i = 0; i < 9; i++) await checkIn(owner);
      for (const receipt of [...given, ...allGiven(test)]) expect(await show(test, receipt)).toBe(false);
      expect(await epochOf(test)).toBe(2);
    }));

  it("takes no damage of its own record for proof", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const [older, receipt] = [await checkIn(owner), await checkIn(owner)];
      for (const damaged of [receipt.slice(0, -2), receipt.replace(".", ".A"), "", older.slice(0, 40)]) {
        inStore(test, (database) => database.prepare("update receipt set jws = ? where jws = ?").run(damaged, receipt));
        expect(await show(test, receipt)).toBe(false);
        inStore(test, (database) => database.prepare("update receipt set jws = ? where jws = ?").run(receipt, damaged));
      }
      expect(await epochOf(test)).toBe(1);
      expect(test.errors).toHaveLength(4);
    }));
});
