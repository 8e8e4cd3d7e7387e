import { generateSigningKey } from "@afterkeep/crypto";
import { encodeBase64url } from "@afterkeep/bytes";
import { statementKindOf, verifyChain } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed, type Generation, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function certify(owner: Owner, ...keys: ReturnType<typeof generateSigningKey>[]): Promise<string> {
  const { handlers, account } = owner;
  const { statements } = await handlers.statements({ account, from: 0, limit: 1 }, asApi);
  const genesis = JSON.parse(Buffer.from(statements[0]?.statement.split(".")[1] ?? "", "base64url").toString());
  const { epoch, ownerKey, revocationKey, identity } = genesis;
  const devices = keys.map((key) => ({ key: encodeBase64url(key.publicKey) }));
  return owner.signControl("key", (fields) => ({
    ...fields,
    ...{ epoch, ownerKey, revocationKey, identity, devices },
    keyring: randomHash(),
  }));
}

describe("a device that is revoked", () => {
  it("checks in no more, while the others do, and is never certified again", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const phone = generateSigningKey();
      await owner.submit("key", await certify(owner, phone));
      const byPhone = () => owner.signCheckIn({ deviceKey: encodeBase64url(phone.publicKey) }, phone);
      await owner.submit("checkin", await byPhone());
      const signedBefore = await byPhone();
      const receipt = await owner.submit("revoke-device", await owner.signRevoke(phone));
      expect(receipt.rows[0]).toMatchObject({ state: "armed", used: 0 });
      await expect(owner.submit("checkin", await byPhone())).rejects.toThrow("device-unknown");
      await expect(owner.submit("checkin", signedBefore)).rejects.toThrow("device-unknown");
      await expect(owner.submit("key", await certify(owner, phone))).rejects.toThrow("device-revoked");
      await owner.checkIn();
      await test.restart();
      await expect(owner.submit("checkin", await byPhone())).rejects.toThrow("device-unknown");
    }));

  it("leaves its place to another, and whoever reads the chain without the order comes to the same", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const phones = Array.from({ length: 63 }, () => generateSigningKey());
      await owner.submit("key", await certify(owner, ...phones));
      const next = generateSigningKey();
      await expect(owner.submit("key", await certify(owner, next))).rejects.toThrow("too-many-devices");
      await owner.submit("revoke-device", await owner.signRevoke(phones[0] ?? next));
      await owner.submit("key", await certify(owner, next));
      const byNext = await owner.signCheckIn({ deviceKey: encodeBase64url(next.publicKey) }, next);
      await owner.submit("checkin", byNext);
      const { account, audience: keyholder } = owner;
      const { statements } = await owner.handlers.statements({ account, from: 0, limit: 100 }, asApi);
      const jwss = statements.map(({ statement }) => statement);
      const chain = jwss.filter((jws) => statementKindOf(jws) === "key");
      const beside = jwss.filter((jws) => statementKindOf(jws) !== "key");
      const twice = [...chain, ...beside, ...beside];
      expect(() => verifyChain(twice, { account, keyholder })).toThrow(expect.objectContaining({ code: "duplicate" }));
      const read = verifyChain([...chain, ...beside], { account, keyholder });
      expect([...read.devices.keys()].sort()).toEqual(
        [...verifyChain(jwss, { account, keyholder }).devices.keys()].sort(),
      );
      expect(read.devices.size).toBe(64);
    }));

  it("may be the last one: the owner's key still stops things, and certifies another", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      await owner.submit("revoke-device", await owner.signRevoke(owner.device));
      await expect(owner.checkIn()).rejects.toThrow("device-unknown");
      await owner.pause(b, policyHash, 0);
      const next = generateSigningKey();
      await owner.submit("key", await certify(owner, next));
      const byNext = await owner.signCheckIn({ deviceKey: encodeBase64url(next.publicKey) }, next);
      expect((await owner.submit("checkin", byNext)).rows[0]).toMatchObject({ state: "armed", used: 0 });
    }));

  it("cannot be named by a device, only by the owner's key", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const jws = await owner.signRevoke(owner.device, owner.device);
      await expect(owner.submit("revoke-device", jws)).rejects.toThrow("statement-signature");
      await owner.checkIn();
    }));

  it("stays revoked when a restored store is given back what it lost", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const before = await test.backUp();
      const statement = await owner.signRevoke(owner.device);
      const { receipt } = await owner.handlers.submit({ kind: "revoke-device", statement }, asApi);
      await test.restoreStore(before);
      await owner.checkIn();
      const lost = { account: owner.account, statements: [{ statement, receipt }] };
      await owner.handlers.importStatements(lost, asApi);
      await expect(owner.checkIn()).rejects.toThrow("device-unknown");
    }));
});

const shorter = { interval: 2 * dayMs, reminders: [dayMs], grace: dayMs, lastCall: dayMs / 2 };
const loosen = (owner: Owner, generation: Generation) =>
  owner.signAndSubmit("policy", policyOf(owner, generation, { times: shorter, weakMax: 0 }));

/** Two bequests, both of which somebody at the owner's phone loosened a day ago. */
async function loosened(test: TestKeyholder) {
  const [owner, phone] = [await anOwner(test), generateSigningKey()];
  await owner.submit("key", await certify(owner, phone));
  const bequests = [await armed(owner, [await aPerson()]), await armed(owner, [await aPerson()])];
  await test.pass(10 * dayMs);
  for (const one of bequests) await loosen(owner, one);
  await test.pass(dayMs);
  return { owner, phone, bequests };
}

describe("taking a device away", () => {
  it("drops what cools in every bequest, and it never binds", () =>
    withKeyholder(async (test) => {
      const { owner, phone, bequests } = await loosened(test);
      const receipt = await owner.submit("revoke-device", await owner.signRevoke(phone));
      expect(receipt.pending.loosenings).toEqual([]);
      expect(new Set(receipt.rows.map(({ policyHash }) => policyHash))).toEqual(
        new Set(bequests.map(({ policyHash }) => policyHash)),
      );
      expect(receipt.rows.map(({ state, left }) => [state, left])).toEqual([1, 2].map(() => ["armed", 47 * dayMs]));
      await test.restart();
      await silence(test, 10 * dayMs);
      for (const { b, policyHash } of bequests)
        expect(await switchOf(owner, b)).toMatchObject({ policyHash, state: "armed" });
    }));

  it("lets the owner loosen again, and that cools as ever", () =>
    withKeyholder(async (test) => {
      const { owner, phone, bequests } = await loosened(test);
      await owner.submit("revoke-device", await owner.signRevoke(phone));
      const [one] = bequests;
      const again = await loosen(owner, one ?? expect.fail());
      await silence(test, 6.75 * dayMs);
      expect((await switchOf(owner, one?.b ?? "")).policyHash).toBe(one?.policyHash);
      await silence(test, 0.5 * dayMs);
      expect((await switchOf(owner, one?.b ?? "")).policyHash).toBe(again);
    }));

  it("drops nothing that cools where it is a delegate's key that is taken away", () =>
    withKeyholder(async (test) => {
      const { owner, bequests } = await loosened(test);
      const job = generateSigningKey();
      await owner.certifyDelegate(job);
      const receipt = await owner.submit("revoke-device", await owner.signRevoke(job));
      expect(receipt.pending.loosenings).toHaveLength(bequests.length);
    }));

  it("drops what cools also where a restored store does not know the device", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const generation = await armed(owner, [await aPerson()]);
      await loosen(owner, generation);
      const receipt = await owner.submit("revoke-device", await owner.signRevoke(generateSigningKey()));
      expect(receipt.pending.loosenings).toEqual([]);
    }));
});
