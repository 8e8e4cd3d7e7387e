import { generateSigningKey } from "@afterkeep/crypto";
import { encodeBase64url } from "@afterkeep/bytes";
import { statementKindOf, verifyChain } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";

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
