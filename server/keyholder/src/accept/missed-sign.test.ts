import { generateSigningKey } from "@afterkeep/crypto";
import {
  type AccountView,
  extendChain,
  type StatementBody,
  type VerifiedReceipt,
  verifyReceipt,
} from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { damage } from "../testing/a-damaged-record.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { losePage } from "../testing/a-lost-page.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson, type Owner, type Person } from "../testing/an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

/** A check-in as the owner's own device judges its answer, which has seen the whole chain. */
async function judgedCheckIn(owner: Owner): Promise<VerifiedReceipt> {
  const { account, handlers } = owner;
  const { thumb, nextKey, mode } = await handlers.info({}, asApi);
  const { statements } = await handlers.statements({ account, from: 0, limit: 500 }, asApi);
  const view = statements.reduce<AccountView | null>(
    (before, { statement }) => extendChain(before, statement, { account, keyholder: thumb }),
    null,
  );
  const jws = await owner.signCheckIn();
  const { receipt } = await handlers.submit({ kind: "checkin", statement: jws }, asApi);
  const {
    statement,
    nonce,
  }: Pick<StatementBody<"receipt">, "statement" | "nonce"> = JSON.parse(
    Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString(),
  );
  const keyholderKey = await owner.keyholderKey();
  return verifyReceipt(receipt, {
    ...{ keyholderKey, nextKey, mode, account, statement, nonce, view },
    ...{ seen: null, sign: "signed" },
  });
}

/** A bequest that cools, and another one. */
async function aCoolingPair(test: TestKeyholder) {
  const owner = await anOwner(test);
  const [cools, other] = [await armed(owner, [await aPerson()]), await armed(owner, [await aPerson()])];
  const loosened = await owner.signAndSubmit("policy", policyOf(owner, cools, { weakMax: 0 }));
  return { owner, cools, other, loosened };
}

const manyPeople = async () => Promise.all(Array.from({ length: 8 }, aPerson));
const fetched = async (owner: Owner, b: string, person: Person) =>
  fetchShare(owner, b, person).then(
    () => "the share left",
    () => "nothing left",
  );

describe("a record that missed a sign while a policy cooled", () => {
  it("goes on to cool, for its whole time from that sign on, and every check-in is said to count", () =>
    withKeyholder(async (test) => {
      const { owner, cools, loosened } = await aCoolingPair(test);
      await silence(test, 3 * dayMs);
      const mend = damage(test, cools.b);
      await silence(test, 3 * dayMs);
      expect((await judgedCheckIn(owner)).receipt.unheard).toEqual([cools.b]);
      await silence(test, 2 * dayMs);
      mend();
      expect(await switchOf(owner, cools.b)).toMatchObject({ state: "held", policyHash: cools.policyHash });
      const { pending } = (await judgedCheckIn(owner)).receipt;
      expect(pending.loosenings).toEqual([{ b: cools.b, policyHash: loosened, left: 5 * dayMs }]);
      await silence(test, 6 * dayMs);
      expect((await judgedCheckIn(owner)).outcome).toBe("counted");
      expect((await switchOf(owner, cools.b)).policyHash).toBe(loosened);
    }));

  it("has lost what cooled where that sign took a device away, whatever was signed after it, and check-ins count as well", () =>
    withKeyholder(async (test) => {
      const { owner, cools } = await aCoolingPair(test);
      const mend = damage(test, cools.b);
      await owner.submit("revoke-device", await owner.signRevoke(generateSigningKey()));
      await owner.checkIn();
      mend();
      const { outcome, receipt } = await judgedCheckIn(owner);
      expect([outcome, receipt.pending.loosenings]).toEqual(["counted", []]);
      await silence(test, 10 * dayMs);
      expect((await switchOf(owner, cools.b)).policyHash).toBe(cools.policyHash);
    }));
});

describe("where the disk has lost a page of a bequest's own record", () => {
  it("its owner's check-ins count for their others, and the sign that it missed is noted beside it", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const damaged = await armed(owner, await manyPeople());
      await owner.signAndSubmit("policy", policyOf(owner, damaged, { weakMax: 0 }));
      const { b } = await armed(owner, [person]);
      losePage(test, damaged.b, { table: "bequest", column: "history" });
      await test.start();
      for (let week = 0; week < 12; week++) {
        await silence(test, 7 * dayMs);
        expect((await owner.checkIn()).unheard).toEqual([damaged.b]);
      }
      expect(await fetched(owner, b, person)).toBe("nothing left");
    }));
});
