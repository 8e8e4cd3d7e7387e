import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import type { SigningKey } from "@afterkeep/crypto";
import { type StatementBody, withKitSignature } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed, deposited, type Generation, type PolicyChange, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type ControlFields, type Owner, signerOf, signForTests } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

/** The shortest that a policy may have: due two days and a half after a sign. */
const hasty = { interval: dayMs, reminders: [dayMs / 2], grace: dayMs, lastCall: dayMs / 2 };

async function signWithKit(
  owner: Owner,
  generation: Generation,
  over: PolicyChange = {},
  kit: SigningKey = owner.revocationKey,
): Promise<StatementBody<"receipt">> {
  const body = policyOf(owner, generation, { times: hasty, weakMax: 0, ...over })(await placeOf(owner));
  return submit(owner, await withKitSignature(body, owner.thumb, signerOf(kit)));
}

async function placeOf(owner: Owner): Promise<ControlFields> {
  const { aud, challenge } = await owner.challenge("control");
  return { aud, challenge, account: owner.account, iat: 0, seq: owner.head.seq + 1, prev: owner.head.id };
}

async function submit(owner: Owner, body: StatementBody<"policy">): Promise<StatementBody<"receipt">> {
  return owner.submit("policy", await signForTests("policy", body, owner.ownerKey));
}

async function anOwnerWithShares(test: TestKeyholder) {
  const [owner, person] = [await anOwner(test), await aPerson()];
  return { owner, person, generation: await deposited(owner, [person]) };
}

describe("a first arming that the kit signed too", () => {
  it("does not wait for the week: the policy's own times are what is left, and the receipt says so", () =>
    withKeyholder(async (test) => {
      const { owner, person, generation } = await anOwnerWithShares(test);
      const { rows, at } = await signWithKit(owner, generation);
      expect(rows).toMatchObject([{ state: "armed", left: 2.5 * dayMs, earliest: { silence: at + 2.5 * dayMs } }]);
      expect(await switchOf(owner, generation.b)).toMatchObject({ left: 2.5 * dayMs });
      await silence(test, 2 * dayMs);
      await expect(fetchShare(owner, generation.b, person)).rejects.toThrow("not-granted");
      await silence(test, 1.5 * dayMs);
      await fetchShare(owner, generation.b, person);
    }));

  it("is that after the keyholder was started again too", () =>
    withKeyholder(async (test) => {
      const { owner, person, generation } = await anOwnerWithShares(test);
      await signWithKit(owner, generation);
      await test.restart();
      await silence(test, 4 * dayMs);
      await fetchShare(owner, generation.b, person);
    }));

  it("lets a recipient who may ask have it after their own wait", () =>
    withKeyholder(async (test) => {
      const { owner, person, generation } = await anOwnerWithShares(test);
      const requests = [{ r: person.r, wait: 3 * dayMs }];
      const { rows, at } = await signWithKit(owner, generation, { requests });
      expect(rows[0]?.earliest.request).toBe(at + 3 * dayMs);
    }));

  it("is refused whole with another key's signature: nothing is armed, and the plain arming after it has its seven days", () =>
    withKeyholder(async (test) => {
      const { owner, generation } = await anOwnerWithShares(test);
      const { head } = owner;
      for (const kit of [owner.ownerKey, owner.device])
        await expect(signWithKit(owner, generation, {}, kit)).rejects.toMatchObject({ code: "statement-kit" });
      const kit = encodeBase64url(randomBytes(64));
      await expect(
        submit(owner, { ...policyOf(owner, generation, { times: hasty, weakMax: 0 })(await placeOf(owner)), kit }),
      ).rejects.toMatchObject({ code: "statement-kit" });
      expect((await owner.challenge("control")).head).toEqual(head);
      await expect(switchOf(owner, generation.b)).rejects.toThrow();
      await owner.submit(
        "policy",
        await owner.signControl("policy", policyOf(owner, generation, { times: hasty, weakMax: 0 })),
      );
      expect(await switchOf(owner, generation.b)).toMatchObject({ left: 7 * dayMs });
    }));

  it("is refused with the kit's signature of another bequest, and of another account", () =>
    withKeyholder(async (test) => {
      const { owner, generation } = await anOwnerWithShares(test);
      const other = await anOwnerWithShares(test);
      const another = await deposited(owner, [await aPerson()]);
      const fields = await placeOf(owner);
      const bodyOf = (of: Generation) => policyOf(owner, of, { times: hasty, weakMax: 0 })(fields);
      const { kit = "" } = await withKitSignature(bodyOf(generation), owner.thumb, signerOf(owner.revocationKey));
      await expect(submit(owner, { ...bodyOf(another), kit })).rejects.toMatchObject({ code: "statement-kit" });
      const theirs = await withKitSignature(bodyOf(generation), owner.thumb, signerOf(other.owner.revocationKey));
      await expect(submit(owner, theirs)).rejects.toMatchObject({ code: "statement-kit" });
      expect(await submit(owner, { ...bodyOf(generation), kit })).toMatchObject({ rows: [{ left: 2.5 * dayMs }] });
    }));
});

describe("what the kit does not hasten", () => {
  const longer = { interval: 30 * dayMs, reminders: [20 * dayMs], grace: 10 * dayMs, lastCall: 3 * dayMs };

  it("is a loosening: it cools for seven days, and one that the kit signed is refused", () =>
    withKeyholder(async (test) => {
      const { owner, person, generation } = await anOwnerWithShares(test);
      const first = await signWithKit(owner, generation, { times: longer });
      expect(first.rows[0]?.left).toBe(43 * dayMs);
      await expect(signWithKit(owner, generation)).rejects.toMatchObject({ code: "statement-not-first" });
      const loosens = policyOf(owner, generation, { times: hasty, weakMax: 0 });
      const { pending } = await owner.submit("policy", await owner.signControl("policy", loosens));
      expect(pending.loosenings).toMatchObject([{ b: generation.b, left: 7 * dayMs }]);
      await silence(test, 6.5 * dayMs);
      await expect(fetchShare(owner, generation.b, person)).rejects.toThrow("not-granted");
    }));

  it("is arming again after a disarm, of a bequest that was armed without it", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person], { times: hasty, weakMax: 0 });
      await owner.submit("disarm", await owner.signDisarm(generation.b, generation.policyHash));
      await expect(signWithKit(owner, generation)).rejects.toMatchObject({ code: "statement-not-first" });
      await owner.signAndSubmit("policy", policyOf(owner, generation, { times: hasty, weakMax: 0 }));
      expect(await switchOf(owner, generation.b)).toMatchObject({ left: 7 * dayMs });
    }));
});
