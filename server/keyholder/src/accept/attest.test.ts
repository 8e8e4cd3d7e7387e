import { keyholderContract } from "@afterkeep/contracts";
import { attestedSignId } from "@afterkeep/statements";
import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed, type PolicyChange } from "../testing/a-bequest.ts";
import { ask } from "../testing/a-request.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const accepting: PolicyChange = { classes: ["signed", "attested"] };

const signIn = ({ handlers, account }: Owner, event = randomHash()) => handlers.attest({ account, event }, asApi);
async function counted(owner: Owner, event = randomHash()) {
  const { receipt } = await signIn(owner, event);
  return receipt === "" ? null : openStatement("receipt", receipt, await owner.keyholderKey()).body;
}
async function anAcceptingOwner(test: TestKeyholder, over: PolicyChange = accepting) {
  const [owner, person] = [await anOwner(test), await aPerson()];
  return { owner, person, ...(await armed(owner, [person], over)) };
}

describe("the api's word that an owner signed in", () => {
  it("begins a new silence where the policy accepts it, with a receipt of its own", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await anAcceptingOwner(test);
      await silence(test, 20 * dayMs);
      const event = randomHash();
      const receipt = await counted(owner, event);
      expect(receipt).toMatchObject({
        statement: attestedSignId(owner.account, event),
        nonce: event,
        weak: { class: "attested", rows: [{ b, left: 40 * dayMs }] },
        rows: [{ b, state: "armed", used: 0 }],
      });
    }));

  it("is heard once, however often the same sign-in is told of, also after a restart", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await anAcceptingOwner(test);
      const event = randomHash();
      const first = await signIn(owner, event);
      await silence(test, 5 * dayMs);
      expect(await signIn(owner, event)).toEqual(first);
      await test.restart();
      expect(await signIn(owner, event)).toEqual(first);
      expect((await switchOf(owner, b)).used).toBeGreaterThanOrEqual(4.75 * dayMs);
      expect(await signIn(owner)).not.toEqual(first);
    }));

  it("leaves nothing where no bequest accepts it, nothing is armed, or all of it is disarmed", () =>
    withKeyholder(async (test) => {
      const bare = await anOwner(test);
      expect(await counted(bare)).toBeNull();
      const { owner, b } = await anAcceptingOwner(test, { classes: ["signed", "token", "delegated"] });
      await silence(test, 20 * dayMs);
      const before = await switchOf(owner, b);
      const { counter } = await owner.pin(await aPerson()).then(() => owner.checkIn());
      await silence(test, 20 * dayMs);
      for (let time = 0; time < 3; time++) expect(await counted(owner)).toBeNull();
      expect((await switchOf(owner, b)).used).toBeGreaterThanOrEqual(before.used);
      expect((await owner.checkIn()).counter).toBe(counter + 1);
      const other = await anAcceptingOwner(test);
      await other.owner.submit("disarm", await other.owner.signDisarm(other.b, other.policyHash));
      const stands = await switchOf(other.owner, other.b);
      expect(await counted(other.owner)).toBeNull();
      expect(await switchOf(other.owner, other.b)).toEqual(stands);
    }));

  it("never carries further than weakMax beyond the last signed sign, with other weak signs in between", () =>
    withKeyholder(async (test) => {
      const { owner, person, b } = await anAcceptingOwner(test, { classes: ["signed", "token", "attested"] });
      for (let day = 0; day < 60; day += 20) {
        await silence(test, 20 * dayMs);
        expect((await counted(owner))?.rows[0]).toMatchObject({ used: 0 });
        const { token } = await owner.handlers.mintToken({ account: owner.account }, { ...asApi, caller: "clock" });
        await owner.handlers.submitToken({ token, nonce: randomHash() }, asApi);
      }
      await silence(test, dayMs);
      expect(await counted(owner)).toBeNull();
      for (let day = 0; day < 47; day += 4) {
        await silence(test, 4 * dayMs);
        expect(await counted(owner)).toBeNull();
      }
      await fetchShare(owner, b, person);
    }));

  it("withdraws nothing that was decided, lifts no hold, and refuses no request", () =>
    withKeyholder(async (test) => {
      const decided = await anAcceptingOwner(test);
      await silence(test, 48 * dayMs);
      expect((await counted(decided.owner))?.weak?.rows).toEqual([{ b: decided.b, left: 0 }]);
      await silence(test, 3 * dayMs);
      expect(await counted(decided.owner)).toBeNull();
      await fetchShare(decided.owner, decided.b, decided.person);

      const asker = await aPerson();
      const owner = await anOwner(test);
      const { b } = await armed(owner, [asker], { ...accepting, requests: [{ r: asker.r, wait: 30 * dayMs }] });
      await silence(test, 8 * dayMs);
      const { request } = await ask(owner, b, asker);
      const receipt = await counted(owner);
      expect(receipt?.pending.requests.map((one) => one.request)).toEqual([request]);
      expect(receipt?.rows[0]).toMatchObject({ state: "requested", used: 0 });

      const before = await test.backUp();
      await owner.checkIn();
      await test.restoreStore(before);
      expect(await counted(owner)).toBeNull();
      expect((await switchOf(owner, b)).state).toBe("held");
    }));

  it("is the api's alone to give, and about an account that there is", () =>
    withKeyholder(async (test) => {
      expect(keyholderContract.attest.callers).toEqual(["api"]);
      const owner = await anOwner(test);
      const unknown = owner.handlers.attest({ account: (await aPerson()).r, event: randomHash() }, asApi);
      await expect(unknown).rejects.toThrow("account-unknown");
    }));
});
