import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey, type SigningKey } from "@afterkeep/crypto";
import { zeroHash } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { ask } from "../testing/a-request.ts";
import { armed, type PolicyChange } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const accepting: PolicyChange = { classes: ["signed", "delegated"] };

async function withDelegate(test: TestKeyholder, over: PolicyChange = accepting) {
  const [owner, person, job] = [await anOwner(test), await aPerson(), generateSigningKey()];
  const bequest = await armed(owner, [person], over);
  await owner.certifyDelegate(job);
  return { owner, person, job, ...bequest };
}

const byJob = async (owner: Owner, job: SigningKey) => owner.submit("checkin", await owner.signAsDelegate(job));

describe("a delegate's check-in", () => {
  it("begins a new silence where the policy accepts it, with a receipt that says for what and how long", () =>
    withKeyholder(async (test) => {
      const { owner, job, b } = await withDelegate(test);
      await silence(test, 20 * dayMs);
      const receipt = await byJob(owner, job);
      expect(receipt.weak).toEqual({ class: "delegated", rows: [{ b, left: 40 * dayMs }] });
      expect(receipt.rows).toMatchObject([{ b, state: "armed", used: 0, left: 47 * dayMs }]);
      expect((await switchOf(owner, b)).lastSign).toBe(receipt.statement);
    }));

  it("counts for no bequest whose policy does not name it, and is refused where none does", () =>
    withKeyholder(async (test) => {
      const { owner, job, b } = await withDelegate(test, { classes: ["signed", "token", "attested"] });
      await silence(test, 20 * dayMs);
      const before = await switchOf(owner, b);
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      expect(await switchOf(owner, b)).toEqual(before);
      const other = await armed(owner, [await aPerson()], accepting);
      await silence(test, 5 * dayMs);
      const receipt = await byJob(owner, job);
      expect(receipt.weak?.rows.map((row) => row.b)).toEqual([other.b]);
      const isUsed = new Map(receipt.rows.map((row) => [row.b, row.used > 0]));
      expect([isUsed.get(b), isUsed.get(other.b)]).toEqual([true, false]);
    }));

  it("is refused where nothing is armed, or all of it is disarmed", () =>
    withKeyholder(async (test) => {
      const [owner, job] = [await anOwner(test), generateSigningKey()];
      await owner.certifyDelegate(job);
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      const { b, policyHash } = await armed(owner, [await aPerson()], accepting);
      await byJob(owner, job);
      await owner.submit("disarm", await owner.signDisarm(b, policyHash));
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
    }));

  it("never carries further than weakMax beyond the last signed sign, however often it comes", () =>
    withKeyholder(async (test) => {
      const { owner, person, job, b } = await withDelegate(test);
      for (let day = 0; day < 60; day += 10) {
        await silence(test, 10 * dayMs);
        expect((await byJob(owner, job)).rows[0]).toMatchObject({ used: 0 });
      }
      await silence(test, dayMs);
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      for (let day = 0; day < 47; day += 4) {
        await silence(test, 4 * dayMs);
        await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      }
      await fetchShare(owner, b, person);
      await owner.checkIn();
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
    }));

  it("counts again once the owner signed", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test, { ...accepting, weakMax: 10 * dayMs });
      await silence(test, 11 * dayMs);
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      await owner.checkIn();
      expect((await byJob(owner, job)).weak?.rows[0]?.left).toBe(10 * dayMs);
    }));

  it("withdraws nothing that was decided, lifts no hold, and refuses no request", () =>
    withKeyholder(async (test) => {
      const decided = await withDelegate(test);
      await silence(test, 48 * dayMs);
      await byJob(decided.owner, decided.job);
      await silence(test, 3 * dayMs);
      await expect(byJob(decided.owner, decided.job)).rejects.toThrow("sign-not-accepted");
      await fetchShare(decided.owner, decided.b, decided.person);

      const asker = await aPerson();
      const owner = await anOwner(test);
      const job = generateSigningKey();
      await owner.certifyDelegate(job);
      const { b } = await armed(owner, [asker], { ...accepting, requests: [{ r: asker.r, wait: 30 * dayMs }] });
      await silence(test, 8 * dayMs);
      const { request } = await ask(owner, b, asker);
      const receipt = await byJob(owner, job);
      expect(receipt.pending.requests.map((one) => one.request)).toEqual([request]);
      expect(receipt.rows[0]).toMatchObject({ state: "requested", used: 0 });

      const before = await test.backUp();
      await owner.checkIn();
      await test.restoreStore(before);
      expect((await switchOf(owner, b)).state).toBe("held");
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      expect((await switchOf(owner, b)).state).toBe("held");
    }));

  it("answers nothing, whatever it says", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test);
      const answers = [{ request: owner.account, answer: "leave" as const }];
      await expect(owner.submit("checkin", await owner.signAsDelegate(job, { answers }))).rejects.toThrow(
        "statement-unsupported",
      );
    }));

  it("gets the same receipt for the same statement, also after a restart, and counts once", () =>
    withKeyholder(async (test) => {
      const { owner, job, b } = await withDelegate(test);
      const statement = await owner.signAsDelegate(job);
      const first = await owner.submit("checkin", statement);
      await silence(test, 5 * dayMs);
      expect(await owner.submit("checkin", statement)).toEqual(first);
      await test.restart();
      expect(await owner.submit("checkin", statement)).toEqual(first);
      expect((await switchOf(owner, b)).used).toBeGreaterThanOrEqual(4.75 * dayMs);
    }));

  it("does not hear what a refused one says: a call is not tried again sooner for it", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test, { classes: ["signed"] });
      await armed(owner, [await aPerson()], { ...accepting, times: yearly, weakMax: 366 * dayMs });
      test.mail.isDown = true;
      await silence(test, 45 * dayMs);
      const tries = () => test.mail.refused;
      await test.pass(dayMs);
      const before = tries();
      for (let hour = 0; hour < 3; hour++) {
        await byJob(owner, job);
        await test.keyholder.callOwners();
      }
      expect(tries()).toBe(before);
    }));
});

const yearly = { interval: 366 * dayMs, reminders: [183 * dayMs], grace: 14 * dayMs, lastCall: 3 * dayMs };

describe("a delegate's challenge", () => {
  it("is its own: an owner's serves no delegate, another delegate's neither, and a delegate's no device", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test);
      const another = generateSigningKey();
      await owner.certifyDelegate(another);
      const owners = (await owner.challenge("checkin")).challenge;
      const delegates = (await owner.delegateChallenge(another)).challenge;
      for (const challenge of [owners, delegates])
        await expect(owner.submit("checkin", await owner.signAsDelegate(job, { challenge }))).rejects.toThrow(
          "challenge-invalid",
        );
      const { challenge } = await owner.delegateChallenge(job);
      await expect(owner.submit("checkin", await owner.signCheckIn({ challenge }))).rejects.toThrow(
        "challenge-invalid",
      );
      await owner.submit("checkin", await owner.signAsDelegate(job, { challenge }));
      await expect(owner.submit("checkin", await owner.signAsDelegate(job, { challenge }))).rejects.toThrow(
        "challenge-invalid",
      );
    }));

  it("says neither what recipients ask nor how far the chain is", () =>
    withKeyholder(async (test) => {
      const asker = await aPerson();
      const { owner, job, b } = await withDelegate(test);
      const open = await armed(owner, [asker], { requests: [{ r: asker.r, wait: 14 * dayMs }] });
      await silence(test, 8 * dayMs);
      await ask(owner, open.b, asker);
      const { pending, head, purpose } = await owner.delegateChallenge(job);
      expect([pending, head, purpose]).toEqual([[], { seq: 0, id: zeroHash }, "checkin"]);
      expect((await owner.challenge("checkin")).pending).toHaveLength(1);
      expect(JSON.stringify(await owner.delegateChallenge(job))).not.toContain(b);
    }));

  it("is refused alike for an unknown account, an unknown key, a device's, a revoked one and another account's", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test);
      const [gone, foreign, other] = [generateSigningKey(), generateSigningKey(), await anOwner(test)];
      await owner.certifyDelegate(gone);
      await owner.submit("revoke-device", await owner.signRevoke(gone));
      await other.certifyDelegate(foreign);
      const said = async (account: string, { publicKey }: Pick<SigningKey, "publicKey">) => {
        try {
          await owner.handlers.delegateChallenge({ account, key: encodeBase64url(publicKey) }, asApi);
          return "given";
        } catch (error) {
          return String(error);
        }
      };
      const unknown = await said((await aPerson()).r, job);
      expect(unknown).toContain("delegate-unknown");
      for (const key of [generateSigningKey(), owner.device, owner.ownerKey, gone, foreign])
        expect(await said(owner.account, key)).toBe(unknown);
      expect(await said(owner.account, job)).toBe("given");
    }));

  it("crowds out none of the owner's, however often somebody asks", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test);
      const statement = await owner.signCheckIn();
      for (let asked = 0; asked < 100; asked++) await owner.delegateChallenge(job);
      await owner.submit("checkin", statement);
    }));
});

describe("a delegate", () => {
  it("is one of sixteen, of whom a revoked one leaves room", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const jobs = Array.from({ length: 16 }, () => generateSigningKey());
      for (const job of jobs) await owner.certifyDelegate(job);
      const next = generateSigningKey();
      await expect(owner.certifyDelegate(next)).rejects.toThrow("too-many-delegates");
      await owner.submit("revoke-device", await owner.signRevoke(jobs[0] ?? next));
      await owner.certifyDelegate(next);
    }));

  it("checks in no more once it is revoked, also with what it signed before and after a restart", () =>
    withKeyholder(async (test) => {
      const { owner, job } = await withDelegate(test);
      const signedBefore = await owner.signAsDelegate(job);
      const { challenge } = await owner.delegateChallenge(job);
      await owner.submit("revoke-device", await owner.signRevoke(job));
      await expect(owner.submit("checkin", signedBefore)).rejects.toThrow("device-unknown");
      await test.restart();
      await expect(owner.submit("checkin", await owner.signCheckIn({ challenge }, job))).rejects.toThrow(
        "device-unknown",
      );
      await expect(owner.certifyDelegate(job)).rejects.toThrow("device-revoked");
      await owner.checkIn();
    }));

  it("of another account checks in for that one alone", () =>
    withKeyholder(async (test) => {
      const [mine, theirs] = [await withDelegate(test), await withDelegate(test)];
      const posing = await mine.owner.signCheckIn(
        { account: theirs.owner.account, deviceKey: encodeBase64url(mine.job.publicKey) },
        mine.job,
      );
      await expect(mine.owner.submit("checkin", posing)).rejects.toThrow("device-unknown");
      await byJob(theirs.owner, theirs.job);
    }));

  it("signs nothing else: no pin, no key, no disarm, no pause, no refusal, no revocation, no delegate", () =>
    withKeyholder(async (test) => {
      const { owner, job, b, policyHash } = await withDelegate(test);
      const key = encodeBase64url(generateSigningKey().publicKey);
      const { r, ageKey } = await aPerson();
      const pin = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
      const forged = [
        ["delegate", await owner.signControl("delegate", (fields) => ({ ...fields, key }), job)],
        ["pin", await owner.signControl("pin", (fields) => ({ ...fields, ...pin }), job)],
        ["revoke-device", await owner.signRevoke(owner.device, job)],
      ] as const;
      for (const [kind, jws] of forged) await expect(owner.submit(kind, jws)).rejects.toThrow("statement-signature");
      const posing = Object.assign(Object.create(owner), { ownerKey: job }) as Owner;
      for (const [kind, jws] of [
        ["disarm", await posing.signDisarm(b, policyHash)],
        ["pause", await posing.signPause(b, policyHash, dayMs)],
        ["refuse", await posing.signRefuse(b, policyHash)],
      ] as const)
        await expect(owner.submit(kind, jws)).rejects.toThrow("statement-signature");
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("is a signed sign of life of the owner's when it is certified, and stands in the list of what was accepted", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()], { classes: ["signed"] });
      await silence(test, 20 * dayMs);
      await owner.certifyDelegate(generateSigningKey());
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", used: 0 });
      const { statements } = await owner.handlers.statements({ account: owner.account, from: 0, limit: 100 }, asApi);
      expect(statements.at(-1)?.kind).toBe("delegate");
    }));

  it("that a restored store lost may not check in before it is given back, and then does once the owner lifted the hold", () =>
    withKeyholder(async (test) => {
      const [owner, job] = [await anOwner(test), generateSigningKey()];
      await armed(owner, [await aPerson()], accepting);
      const before = await test.backUp();
      await owner.certifyDelegate(job);
      const { account } = owner;
      const { statements } = await owner.handlers.statements({ account, from: 0, limit: 100 }, asApi);
      const copy = statements.map(({ statement, receipt }) => ({ statement, receipt }));
      await test.restoreStore(before);
      await expect(owner.signAsDelegate(job)).rejects.toThrow("delegate-unknown");
      await owner.handlers.importStatements({ account, statements: copy }, asApi);
      await expect(byJob(owner, job)).rejects.toThrow("sign-not-accepted");
      await owner.checkIn();
      expect((await byJob(owner, job)).weak?.class).toBe("delegated");
    }));

  it("that was revoked stays so when a restored store is given both back", () =>
    withKeyholder(async (test) => {
      const [owner, job] = [await anOwner(test), generateSigningKey()];
      await armed(owner, [await aPerson()], accepting);
      const before = await test.backUp();
      await owner.certifyDelegate(job);
      const certified = (await owner.handlers.statements({ account: owner.account, from: 0, limit: 100 }, asApi))
        .statements;
      const statement = await owner.signRevoke(job);
      const { receipt } = await owner.handlers.submit({ kind: "revoke-device", statement }, asApi);
      await test.restoreStore(before);
      const copy = [
        ...certified.map((one) => ({ statement: one.statement, receipt: one.receipt })),
        { statement, receipt },
      ];
      await owner.handlers.importStatements({ account: owner.account, statements: copy }, asApi);
      await owner.checkIn();
      await expect(owner.signAsDelegate(job)).rejects.toThrow("delegate-unknown");
    }));
});
