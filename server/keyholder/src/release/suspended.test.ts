import { generateSigningKey } from "@afterkeep/crypto";
import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { freezeAll, thawAll } from "../testing/an-order.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const asClock = { caller: "clock", requestId: "test" } as const;
const longEnough = 48 * dayMs;

/** Somebody presses the link of a mail. */
async function press(owner: Owner) {
  const { token } = await owner.handlers.mintToken({ account: owner.account }, asClock);
  const { receipt } = await owner.handlers.submitToken({ token, nonce: randomHash() }, asApi);
  return openStatement("receipt", receipt, await owner.keyholderKey()).body;
}

/** A bequest that was decided: one share may be fetched, the other one in five days. */
async function decided(test: TestKeyholder) {
  const [owner, soon, later] = [await anOwner(test), await aPerson(), await aPerson()];
  const { b } = await armed(owner, [soon, later], {
    delays: [0, 5 * dayMs],
    classes: ["signed", "token", "delegated"],
  });
  const job = generateSigningKey();
  await owner.certifyDelegate(job);
  await silence(test, longEnough);
  expect(await switchOf(owner, b)).toMatchObject({ state: "releasing", waitsFor: "" });
  return { owner, soon, later, b, job };
}

describe("a mail link under a decision", () => {
  it("keeps back for three days what was not fetched, and then it is given by itself", () =>
    withKeyholder(async (test) => {
      const { owner, soon, later, b } = await decided(test);
      const { at, rows, pending } = await press(owner);
      expect(rows[0]).toMatchObject({ state: "releasing", left: 3 * dayMs });
      expect(rows[0]?.earliest).toEqual({ silence: at + 3 * dayMs, request: 0 });
      expect(pending.requests).toEqual([]);
      await silence(test, 2.75 * dayMs);
      await expect(fetchShare(owner, b, soon)).rejects.toThrow("suspended");
      await test.restart();
      await expect(fetchShare(owner, b, soon)).rejects.toThrow("suspended");
      await silence(test, 0.5 * dayMs);
      await fetchShare(owner, b, soon);
      await silence(test, 2 * dayMs);
      await fetchShare(owner, b, later);
      expect((await switchOf(owner, b)).state).toBe("closed");
    }));

  it("says until when, by the clock that the recipient sees", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b } = await decided(test);
      const { at } = await press(owner);
      const until = at + 3 * dayMs;
      expect((await switchOf(owner, b)).earliestWallMs).toBe(until);
      await expect(fetchShare(owner, b, soon)).rejects.toMatchObject({
        code: "suspended",
        message: expect.stringContaining(new Date(until).toISOString()),
      });
    }));

  it("gives nothing to whoever had proven their key before it", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b } = await decided(test);
      const place = { account: owner.account, b, r: soon.r };
      const { decisionId } = await owner.handlers.prove(place, asApi);
      await press(owner);
      await expect(owner.handlers.grant({ ...place, decisionId, nonce: randomHash() }, asApi)).rejects.toThrow(
        "suspended",
      );
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("granted");
    }));

  it("lets whoever had fetched fetch again", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b } = await decided(test);
      await fetchShare(owner, b, soon);
      await press(owner);
      await fetchShare(owner, b, soon);
    }));

  it("counts once: a second one is refused, by whatever, and changes nothing", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b, job } = await decided(test);
      await press(owner);
      await silence(test, dayMs);
      await expect(press(owner)).rejects.toThrow("sign-not-accepted");
      await expect(owner.submit("checkin", await owner.signAsDelegate(job))).rejects.toThrow("sign-not-accepted");
      await silence(test, 2.25 * dayMs);
      await expect(press(owner)).rejects.toThrow("sign-not-accepted");
      await fetchShare(owner, b, soon);
    }));

  it("leaves all of it to the owner's own sign, which withdraws", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b } = await decided(test);
      await press(owner);
      const { rows } = await owner.checkIn();
      expect(rows[0]).toMatchObject({ state: "armed", used: 0 });
      await silence(test, 4 * dayMs);
      await expect(fetchShare(owner, b, soon)).rejects.toThrow("not-granted");
    }));

  it("is told to the clock zone, also where everybody had been granted theirs", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await decided(test);
      await silence(test, 5 * dayMs);
      const before = await switchOf(owner, b);
      expect(before.state).toBe("released");
      await press(owner);
      const now = await switchOf(owner, b);
      expect(now).toMatchObject({ state: "releasing", waitsFor: "weak-sign" });
      expect(now.revision).toBeGreaterThan(before.revision);
      await silence(test, 3 * dayMs);
      const after = await switchOf(owner, b);
      expect(after).toMatchObject({ state: "released", waitsFor: "" });
      expect(after.revision).toBeGreaterThan(now.revision);
    }));

  it("keeps back for three days that are counted: a freeze is none of them", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b } = await decided(test);
      await press(owner);
      await freezeAll(test);
      await silence(test, 9 * dayMs);
      await thawAll(test);
      await expect(fetchShare(owner, b, soon)).rejects.toThrow("suspended");
      await silence(test, 3.25 * dayMs);
      await fetchShare(owner, b, soon);
    }));
});

describe("a delegate's check-in under a decision", () => {
  it("suspends it, and its receipt says that no further one counts", () =>
    withKeyholder(async (test) => {
      const { owner, soon, b, job } = await decided(test);
      const { weak, rows } = await owner.submit("checkin", await owner.signAsDelegate(job));
      expect(weak?.rows).toEqual([{ b, left: 0 }]);
      expect(rows[0]).toMatchObject({ state: "releasing", left: 3 * dayMs });
      await expect(fetchShare(owner, b, soon)).rejects.toThrow("suspended");
    }));
});

describe("a sign that a policy does not take", () => {
  it("suspends nothing", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person], { classes: ["signed"] });
      await silence(test, longEnough);
      await expect(press(owner)).rejects.toThrow("sign-not-accepted");
      await fetchShare(owner, b, person);
    }));
});
