import { type Id, randomBytes } from "@afterkeep/bytes";
import { thumbBytes } from "@afterkeep/crypto";
import { bequestContext, generateIdentity, sealDeposit } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import {
  address,
  armed,
  deposited,
  depositContact,
  depositShare,
  newBequestId,
  openDepositKey,
  policyOf,
  sendDeposit,
} from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, type Person } from "../testing/an-owner.ts";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A deposit for a place, sealed and ready to send; `over` says what a thief or a bug would put inside instead. */
async function aDeposit(
  owner: Owner,
  person: Person,
  { b = newBequestId(), ...over }: { b?: Id; bequest?: Uint8Array; owner?: Uint8Array } = {},
) {
  const place = { b, g: 1, r: person.r };
  const context = bequestContext({ account: owner.account, ...place, recipient: person.ageKey });
  const content = { bequest: context, owner: thumbBytes(owner.ownerKey.publicKey), share: randomBytes(32), ...over };
  const sealed = await sealDeposit(await openDepositKey(owner, place), {
    bequest: new Uint8Array(content.bequest),
    owner: new Uint8Array(content.owner),
    share: content.share,
  });
  return { ...place, sealed, outer: randomBytes(100), path: randomBytes(100) };
}

async function anOwnerWithPin(test: TestKeyholder): Promise<{ owner: Owner; person: Person }> {
  const [owner, person] = [await anOwner(test), await aPerson()];
  await owner.pin(person);
  return { owner, person };
}

describe("depositing a share", () => {
  it("answers the same deposit with the same word, and destroys the one-time key", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerWithPin(test);
      const deposit = await aDeposit(owner, person);
      const [first, twin] = await Promise.all([sendDeposit(owner, deposit), sendDeposit(owner, deposit)]);
      expect(twin).toEqual(first);
      expect(await sendDeposit(owner, deposit)).toEqual(first);
      const other = { ...deposit, sealed: new Uint8Array(deposit.sealed) };
      other.sealed[other.sealed.length - 1] = (other.sealed.at(-1) ?? 0) ^ 1;
      await expect(sendDeposit(owner, other)).rejects.toThrow("deposit-key-unknown");
      await expect(sendDeposit(owner, { ...deposit, outer: randomBytes(100) })).rejects.toThrow("deposit-conflict");
    }));

  it("refuses a share of another account, bequest, generation, recipient, key or owner", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerWithPin(test);
      const other = await aPerson();
      const place = { account: owner.account, b: newBequestId(), g: 1, r: person.r, recipient: person.ageKey };
      const foreign = await anOwner(test);
      const transplants = [
        bequestContext({ ...place, account: foreign.account }),
        bequestContext(place),
        bequestContext({ ...place, g: 2 }),
        bequestContext({ ...place, r: other.r }),
        bequestContext({ ...place, recipient: other.ageKey }),
      ];
      for (const bequest of transplants) {
        await expect(sendDeposit(owner, await aDeposit(owner, person, { bequest }))).rejects.toThrow("deposit-differs");
      }
      const byAnother = await aDeposit(owner, person, { owner: thumbBytes(foreign.ownerKey.publicKey) });
      await expect(sendDeposit(owner, byAnother)).rejects.toThrow("deposit-differs");
    }));

  it("opens a deposit only with a key that was given for that very place", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerWithPin(test);
      const deposit = await aDeposit(owner, person);
      await expect(sendDeposit(owner, { ...deposit, g: 2 })).rejects.toThrow("deposit-key-unknown");
      const foreign = await anOwner(test);
      await foreign.pin(person);
      await expect(sendDeposit(foreign, deposit)).rejects.toThrow("deposit-key-unknown");
    }));

  it("forgets a one-time key after a day, and at a restart", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerWithPin(test);
      const [late, lost] = [await aDeposit(owner, person), await aDeposit(owner, person)];
      await test.restart();
      await expect(sendDeposit(owner, lost)).rejects.toThrow("deposit-key-unknown");
      const slow = await aDeposit(owner, person);
      test.clock.advance(dayMs);
      for (const deposit of [late, slow])
        await expect(sendDeposit(owner, deposit)).rejects.toThrow("deposit-key-unknown");
    }, real));

  it("asks for a pin first, and for an account before that", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const person = await aPerson();
      await expect(openDepositKey(owner, { b: newBequestId(), g: 1, r: person.r })).rejects.toThrow("pin-missing");
      Object.assign(owner, { account: newBequestId() });
      await expect(openDepositKey(owner, { b: newBequestId(), g: 1, r: person.r })).rejects.toThrow("account-unknown");
    }));

  it("never replaces a share that a signed policy names", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const again = depositShare(owner, await generateIdentity("hybrid"), { b, g: 1, person });
      await expect(again).rejects.toThrow("slot-bound");
    }));

  it("replaces it neither where that policy is accepted while the share is being opened", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await deposited(owner, [person]);
      const policy = await owner.signControl("policy", policyOf(owner, generation));
      const late = sendDeposit(owner, await aDeposit(owner, person, { b: generation.b }));
      await Promise.all([expect(late).rejects.toThrow("slot-bound"), owner.submit("policy", policy)]);
    }));

  it("lets a new deposit replace one that no policy names, and then binds only the new one", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await deposited(owner, [person]);
      const newer = await depositShare(owner, generation.identity, { b: generation.b, g: 1, person });
      await expect(owner.signAndSubmit("policy", policyOf(owner, generation))).rejects.toThrow("slot-differs");
      await owner.signAndSubmit("policy", policyOf(owner, { ...generation, parts: [newer] }));
    }));

  it("keeps neither shares nor addresses in clear", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { parts } = await armed(owner, [person]);
      const files = readdirSync(test.folder).map((name) => readFileSync(join(test.folder, name)));
      const isThere = (needle: Uint8Array | string) => files.some((file) => file.includes(Buffer.from(needle)));
      expect(isThere(owner.account)).toBe(true);
      for (const { share } of parts) {
        expect(isThere(share)).toBe(false);
        expect(isThere(Buffer.from(share).toString("base64url"))).toBe(false);
        expect(isThere(Buffer.from(share).toString("hex"))).toBe(false);
      }
      expect(isThere(address)).toBe(false);
    }));
});

describe("depositing a contact", () => {
  it("refuses what is not one address", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      for (const wrong of ["a@b@c", "x", "a@b,c@d", "a@b\r\nBcc: c@d", "<a@b>", "a b@c"]) {
        await expect(depositContact(owner, wrong), wrong).rejects.toThrow("address-malformed");
      }
    }));
});
