import { generateSigningKey } from "@afterkeep/crypto";
import { encodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function certify(owner: Owner, key: ReturnType<typeof generateSigningKey>): Promise<string> {
  const { handlers, account } = owner;
  const { statements } = await handlers.statements({ account, from: 0, limit: 1 }, asApi);
  const genesis = JSON.parse(Buffer.from(statements[0]?.statement.split(".")[1] ?? "", "base64url").toString());
  const { epoch, ownerKey, revocationKey, identity } = genesis;
  const devices = [{ key: encodeBase64url(key.publicKey) }];
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
