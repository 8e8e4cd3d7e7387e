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

const done = async (work: Promise<unknown>) => work.then(() => "counted", String);
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

describe("where the disk has lost a page of one bequest", () => {
  it("nothing more is granted of what was decided before either: its owner may be back, and cannot be heard", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [await aPerson(), person], { delays: [0, 60 * dayMs] });
      const damaged = await armed(owner, await manyPeople(), { delays: Array.from({ length: 8 }, () => 300 * dayMs) });
      while ((await switchOf(owner, b)).state !== "releasing") await silence(test, dayMs);
      losePage(test, damaged.b, { table: "slot", column: "age_key" });
      await test.start();
      for (let week = 0; week < 12; week++) {
        await silence(test, 7 * dayMs).catch(() => {});
        // Why either: which searches read what is lost is chance. Where it counts, it takes back what was not fetched.
        await done(owner.checkIn());
      }
      expect(await fetched(owner, b, person)).toBe("nothing left");
    }));

  it.each([
    ["bequest", "history"],
    ["bound_policy", "policy"],
    ["slot", "age_key"],
  ])("of %s, its owner's other one is not released while they check in, whether that counts or not", (table, column) =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const damaged = await armed(owner, await manyPeople());
      await owner.signAndSubmit("policy", policyOf(owner, damaged, { weakMax: 0 }));
      const others: string[] = [];
      for (let i = 0; i < 3; i++) others.push((await armed(owner, [person])).b);
      losePage(test, damaged.b, { table, column });
      await test.start();
      const answers = new Set<string>();
      for (let week = 0; week < 14; week++) {
        await silence(test, 7 * dayMs).catch(() => {});
        answers.add(await done(owner.checkIn()));
      }
      for (const b of others) expect(await fetched(owner, b, person), [...answers].join()).toBe("nothing left");
    }),
  );
});
