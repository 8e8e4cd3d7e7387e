import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { openStatement, verifyReceipt } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, real, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, Owner, randomHash } from "../testing/an-owner.ts";
import { silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const minuteMs = 60_000;

describe("accepting statements", () => {
  it("answers a check-in with a receipt that a client verifies", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const statement = await owner.signCheckIn();
      const { id, body } = openStatement("checkin", statement, owner.device.publicKey);
      const { receipt } = await owner.handlers.submit({ kind: "checkin", statement }, asApi);
      const { nextKey } = await owner.handlers.info({}, asApi);
      const expected = {
        keyholderKey: await owner.keyholderKey(),
        nextKey,
        mode: "demo" as const,
        account: owner.account,
        statement: id,
        nonce: body.nonce,
        seen: { epoch: 1, counter: 4 },
        sign: "signed" as const,
        view: null,
      };
      expect(verifyReceipt(receipt, expected).seen).toEqual({ epoch: 1, counter: 5 });
      expect(() => verifyReceipt(receipt, { ...expected, seen: { epoch: 1, counter: 5 } })).toThrow();
    }));

  it("gives the same receipt for the same statement, also after a restart, and counts it once", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const statement = await owner.signCheckIn();
      const first = await owner.handlers.submit({ kind: "checkin", statement }, asApi);
      expect(await owner.handlers.submit({ kind: "checkin", statement }, asApi)).toEqual(first);
      await test.restart();
      expect(await owner.handlers.submit({ kind: "checkin", statement }, asApi)).toEqual(first);
      expect((await owner.checkIn()).counter).toBe(3);
    }));

  it("receipts two devices that check in at once", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const [one, other] = [await owner.signCheckIn(), await owner.signCheckIn()];
      const receipts = await Promise.all([owner.submit("checkin", one), owner.submit("checkin", other)]);
      expect(receipts.map(({ counter }) => counter)).toEqual([2, 3]);
    }));

  it("lets only one of two changes for the same head win", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const person = await aPerson();
      const pin = { r: person.r, ageKey: person.ageKey, signingKey: "" as const, verified: "words" as const };
      const sign = () => owner.signControl("pin", (fields) => ({ ...fields, ...pin, contact: randomHash() }));
      const [one, other] = [await sign(), await sign()];
      await owner.submit("pin", one);
      await expect(owner.submit("pin", other)).rejects.toThrow("head-stale");
    }));

  it("refuses statements out of order", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const person = await aPerson();
      const pin = { r: person.r, ageKey: person.ageKey, signingKey: "" as const, verified: "words" as const };
      const later = await owner.signControl("pin", (f) => ({
        ...f,
        ...pin,
        contact: randomHash(),
        seq: 2,
        prev: randomHash(),
      }));
      await expect(owner.submit("pin", later)).rejects.toThrow("head-stale");
    }));

  it("refuses a statement for another keyholder, by another key, or with a foreign device", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const elsewhere = await owner.signCheckIn({ aud: randomHash() });
      await expect(owner.submit("checkin", elsewhere)).rejects.toThrow("statement-audience");
      const stranger = generateSigningKey();
      await expect(owner.submit("checkin", await owner.signCheckIn({}, stranger))).rejects.toThrow("device-unknown");
      const posing = await owner.signCheckIn({ deviceKey: encodeBase64url(stranger.publicKey) }, stranger);
      await expect(owner.submit("checkin", posing)).rejects.toThrow("device-unknown");
      const person = await aPerson();
      const pin = { r: person.r, ageKey: person.ageKey, signingKey: "" as const, verified: "words" as const };
      const forged = await owner.signControl("pin", (f) => ({ ...f, ...pin, contact: randomHash() }), stranger);
      await expect(owner.submit("pin", forged)).rejects.toThrow("statement-signature");
      const byDevice = await owner.signControl("pin", (f) => ({ ...f, ...pin, contact: randomHash() }), owner.device);
      await expect(owner.submit("pin", byDevice)).rejects.toThrow("statement-signature");
    }));

  it("takes a challenge once, in its time, for its account and purpose, and keeps it for a second try after a refusal", () =>
    withKeyholder(async (test) => {
      const [owner, other] = [await anOwner(test), await anOwner(test)];
      const { challenge } = await owner.challenge("checkin");
      const refused = await owner.signCheckIn({ challenge, blob: "AAAA" });
      await expect(owner.submit("checkin", refused)).rejects.toThrow("blob-size");
      await owner.submit("checkin", await owner.signCheckIn({ challenge }));
      await expect(owner.submit("checkin", await owner.signCheckIn({ challenge }))).rejects.toThrow(
        "challenge-invalid",
      );
      const foreign = (await other.challenge("checkin")).challenge;
      await expect(owner.submit("checkin", await owner.signCheckIn({ challenge: foreign }))).rejects.toThrow(
        "challenge-invalid",
      );
      const control = (await owner.challenge("control")).challenge;
      await expect(owner.submit("checkin", await owner.signCheckIn({ challenge: control }))).rejects.toThrow(
        "challenge-invalid",
      );
    }));

  it("lets a check-in's challenge expire after ten minutes and a control one after a day, whatever the wall clock says", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const [late, slow] = [await owner.signCheckIn(), await signPin(owner)];
      test.clock.advance(10 * minuteMs);
      test.clock.jumpWall(-10 * minuteMs);
      await expect(owner.submit("checkin", late)).rejects.toThrow("challenge-invalid");
      test.clock.advance(dayMs - 10 * minuteMs - 1);
      await owner.submit("pin", slow);
      const tooSlow = await signPin(owner);
      test.clock.advance(dayMs);
      await expect(owner.submit("pin", tooSlow)).rejects.toThrow("challenge-invalid");
    }, real));

  it("forgets open challenges at a restart", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const statement = await owner.signCheckIn();
      await test.restart();
      await expect(owner.submit("checkin", statement)).rejects.toThrow("challenge-invalid");
    }));

  it("counts a check-in of a device that knows more than the keyholder, or another chain, and says what it knows itself", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const { head } = owner;
      for (const seenHead of [
        { seq: 7, id: randomHash() },
        { seq: 0, id: randomHash() },
      ]) {
        await silence(test, 20 * dayMs);
        expect((await switchOf(owner, b)).state).toBe("reminding");
        const receipt = await owner.submit("checkin", await owner.signCheckIn({ seenHead }));
        expect(receipt).toMatchObject({ head, rows: [{ state: "armed", used: 0 }] });
      }
    }));

  it("refuses what is not a statement, or another kind than said", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      for (const statement of ["x", "a.b.c", "", "e30.e30.e30"]) {
        await expect(owner.submit("checkin", statement)).rejects.toThrow(/statement-/);
      }
      await expect(owner.submit("pin", await owner.signCheckIn())).rejects.toThrow("statement-kind");
    }));

  it("does not know an account without a genesis, and takes a genesis once", () =>
    withKeyholder(async (test) => {
      const owner = new Owner(test);
      await expect(
        owner.submit("checkin", await owner.signCheckIn({ seenHead: { seq: 0, id: randomHash() } })),
      ).rejects.toThrow("account-unknown");
      await owner.genesis();
      const again = new Owner(test);
      Object.assign(again, { account: owner.account });
      await expect(again.genesis()).rejects.toThrow(/statement-|head-stale/);
    }));
});

async function signPin(owner: Owner): Promise<string> {
  const { r, ageKey } = await aPerson();
  const pin = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
  return owner.signControl("pin", (fields) => ({ ...fields, ...pin }));
}
