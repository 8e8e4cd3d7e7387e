import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { armed, deposited, policyOf } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";
import { inStore } from "../testing/in-store.ts";
import { damage } from "../testing/a-damaged-record.ts";

const asApi = { caller: "api", requestId: "test" } as const;

/** An owner of two bequests. */
async function aPair(owner: Owner) {
  const [person, other] = [await aPerson(), await aPerson()];
  return {
    damaged: { ...(await armed(owner, [person])), person },
    whole: { ...(await armed(owner, [other])), person: other },
  };
}

async function stateOf(owner: Owner, b: string): Promise<string> {
  return (await switchOf(owner, b)).state;
}

describe("an owner one of whose records cannot be read", () => {
  it("checks in for all the others, whose silence begins anew", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged, whole } = await aPair(owner);
      damage(test, damaged.b);
      for (let month = 0; month < 4; month++) {
        await silence(test, 25 * dayMs);
        const { rows, unheard } = await owner.checkIn();
        expect(unheard).toEqual([damaged.b]);
        expect(rows.map(({ b, state }) => ({ b, state }))).toEqual([{ b: whole.b, state: "armed" }]);
      }
      const { items } = await owner.handlers.switches({ account: owner.account }, asApi);
      expect(items.map(({ b }) => b)).toEqual([whole.b]);
      expect(test.errors.length).toBeGreaterThan(0);
    }));

  it("finds the record held from the missed sign on once it is mended, and released no earlier than after a hold", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, person } = (await aPair(owner)).damaged;
      await silence(test, 20 * dayMs);
      const mend = damage(test, b);
      await silence(test, 20 * dayMs);
      await owner.checkIn();
      await silence(test, 60 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow();
      mend();
      // A hold of 90 days from the sign, and from its end on everything anew: 30 days, 14, and the last call's three.
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", left: (90 - 60 + 47) * dayMs });
      await silence(test, 29 * dayMs);
      expect(await stateOf(owner, b)).toBe("held");
      await silence(test, 46 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await silence(test, 5 * dayMs);
      await fetchShare(owner, b, person);
    }));

  it("takes a device away for all the others, and what cooled in the record goes with the hold that it missed it by", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged, whole } = await aPair(owner);
      const loosen = (one: typeof damaged) => owner.signAndSubmit("policy", policyOf(owner, one, { weakMax: 0 }));
      for (const one of [damaged, whole]) await loosen(one);
      const mend = damage(test, damaged.b);
      const { pending, unheard } = await owner.submit("revoke-device", await owner.signRevoke(generateSigningKey()));
      expect([pending.loosenings, unheard]).toEqual([[], [damaged.b]]);
      mend();
      await silence(test, 10 * dayMs);
      expect(await switchOf(owner, damaged.b)).toMatchObject({ state: "held", policyHash: damaged.policyHash });
      expect(await switchOf(owner, whole.b)).toMatchObject({ state: "armed", policyHash: whole.policyHash });
    }));

  it("finds it held from a restore on, where there was one after the missed sign", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = (await aPair(owner)).damaged;
      await silence(test, 20 * dayMs);
      const mend = damage(test, b);
      await owner.checkIn();
      await silence(test, 30 * dayMs);
      await test.restoreStore(await test.backUp());
      mend();
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", left: (90 + 47) * dayMs });
    }));

  it("lifts that hold by the next sign, and without a missed one there is none", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged, whole } = await aPair(owner);
      damage(test, whole.b)();
      expect(await stateOf(owner, whole.b)).toBe("armed");
      const mend = damage(test, damaged.b);
      await owner.checkIn();
      mend();
      await test.restart();
      expect(await stateOf(owner, damaged.b)).toBe("held");
      expect((await owner.checkIn()).unheard).toBeUndefined();
      expect(await stateOf(owner, damaged.b)).toBe("armed");
    }));

  it("cannot stop or pause that one, or all at once, and nothing is left of the try; but can stop the others", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged, whole } = await aPair(owner);
      const mend = damage(test, damaged.b);
      const before = await owner.checkIn();
      await expect(owner.submit("disarm", await owner.signDisarm("", ""))).rejects.toThrow();
      await expect(owner.submit("disarm", await owner.signDisarm(damaged.b, damaged.policyHash))).rejects.toThrow();
      await expect(owner.pause("", "", 10 * dayMs)).rejects.toThrow();
      expect(await stateOf(owner, whole.b)).toBe("armed");
      const { rows, counter } = await owner.submit("disarm", await owner.signDisarm(whole.b, whole.policyHash));
      expect(rows).toMatchObject([{ b: whole.b, state: "disarmed" }]);
      expect(counter).toBe(before.counter + 1);
      mend();
      expect(await stateOf(owner, damaged.b)).toBe("held");
      expect((await owner.submit("disarm", await owner.signDisarm("", ""))).rows.map(({ state }) => state)).toEqual([
        "disarmed",
        "disarmed",
      ]);
    }));

  it("cannot arm that one anew, in its generation or a new one, and nothing is left of the try; but can arm others", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged, whole } = await aPair(owner);
      const { b, person } = damaged;
      const mend = damage(test, b);
      const again = policyOf(owner, damaged, { delays: [dayMs] });
      const anew = policyOf(owner, await deposited(owner, [person], { b, g: 2, contact: damaged.contact }));
      for (const policy of [again, anew]) await expect(owner.signAndSubmit("policy", policy)).rejects.toThrow();
      const { b: third } = await armed(owner, [await aPerson()]);
      expect(new Set((await owner.checkIn()).rows.map((row) => row.b))).toEqual(new Set([whole.b, third]));
      mend();
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", policyHash: damaged.policyHash });
      const policyHash = await owner.signAndSubmit("policy", anew);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", policyHash });
    }));

  it("may press a mail link for the others, which holds nothing", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged } = await aPair(owner);
      await silence(test, 10 * dayMs);
      const mend = damage(test, damaged.b);
      const { token } = await owner.handlers.mintToken({ account: owner.account }, { ...asApi, caller: "clock" });
      const nonce = Buffer.alloc(32, 7).toString("base64url");
      await owner.handlers.submitToken({ token, nonce }, asApi);
      mend();
      expect(await switchOf(owner, damaged.b)).toMatchObject({ state: "armed", used: 10 * dayMs });
    }));

  it("may have lost its policy instead", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { damaged, whole } = await aPair(owner);
      inStore(test, (db) => db.prepare("delete from bound_policy where b = ?").run(damaged.b));
      expect((await owner.checkIn()).rows.map(({ b }) => b)).toEqual([whole.b]);
      await silence(test, 60 * dayMs);
      await fetchShare(owner, whole.b, whole.person);
      await expect(fetchShare(owner, damaged.b, damaged.person)).rejects.toThrow();
    }));
});
