import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { openProofChallenge } from "@afterkeep/formats";
import { openStatement, verifyWithdrawn } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed, deposited, newBequestId, policyOf } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, type Person, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const longEnough = 48 * dayMs;

async function proven(owner: Owner, b: string, { r, identity }: Person) {
  const place = { account: owner.account, b, r };
  const { decisionId, challenge } = await owner.handlers.prove(place, asApi);
  const { nonce } = await openProofChallenge(identity, decodeBase64url(challenge));
  return { ...place, decisionId, nonce: encodeBase64url(nonce) };
}

describe("releasing", () => {
  it("gives each recipient their share after their own delay, and nobody anything of another bequest", () =>
    withKeyholder(async (test) => {
      const [owner, soon, later, other] = [await anOwner(test), await aPerson(), await aPerson(), await aPerson()];
      const { b } = await armed(owner, [soon, later], { delays: [0, 10 * dayMs] });
      const elsewhere = await armed(owner, [other]);
      await silence(test, longEnough);
      await fetchShare(owner, b, soon);
      await expect(fetchShare(owner, b, later)).rejects.toThrow("not-granted");
      await expect(fetchShare(owner, b, other)).rejects.toThrow("not-granted");
      await expect(fetchShare(owner, elsewhere.b, soon)).rejects.toThrow("not-granted");
      await silence(test, 10 * dayMs);
      await fetchShare(owner, b, later);
      expect((await switchOf(owner, b)).state).toBe("closed");
    }));

  it("asks for the recipient's key: a wrong, foreign, used or old nonce gets nothing", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const [{ b }, elsewhere] = [await armed(owner, [person]), await armed(owner, [person])];
      await silence(test, longEnough);
      const request = await proven(owner, b, person);
      await expect(owner.handlers.grant({ ...request, nonce: randomHash() }, asApi)).rejects.toThrow("proof-wrong");
      const foreign = await proven(owner, elsewhere.b, person);
      await expect(owner.handlers.grant({ ...request, nonce: foreign.nonce }, asApi)).rejects.toThrow("proof-wrong");
      await expect(owner.handlers.grant({ ...request, decisionId: foreign.decisionId }, asApi)).rejects.toThrow(
        "not-granted",
      );
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("granted");
      await owner.handlers.grant(request, asApi);
      await expect(owner.handlers.grant(request, asApi)).rejects.toThrow("proof-wrong");
      const slow = await proven(owner, b, person);
      test.clock.advance(10 * 60_000 * test.settings.factor);
      await expect(owner.handlers.grant(slow, asApi)).rejects.toThrow("proof-wrong");
    }));

  it("gives nothing while the wall clock is behind what was recorded", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, longEnough);
      const request = await proven(owner, b, person);
      test.clock.jumpWall(-30 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("held");
      await expect(owner.handlers.grant(request, asApi)).rejects.toThrow("held");
      test.clock.jumpWall(30 * dayMs);
      await owner.handlers.grant(request, asApi);
    }));

  it("answers one nonce once, also when it arrives twice at the same time", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, longEnough);
      const request = await proven(owner, b, person);
      const answers = await Promise.allSettled([
        owner.handlers.grant(request, asApi),
        owner.handlers.grant(request, asApi),
      ]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    }));

  it("lets the same recipient fetch again, with the same manifest, also after a restart", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const bequest = await armed(owner, [person]);
      await silence(test, longEnough);
      const first = await fetchShare(owner, bequest.b, person);
      await test.restart();
      const again = await fetchShare(owner, bequest.b, person);
      expect(again.grant).toEqual(first.grant);
      expect(again.release).toBe(first.release);
      const { decisionId } = openStatement("release", first.release, await owner.keyholderKey()).body;
      expect(fetchesIn(test.folder)).toEqual([
        { decision: decisionId, r: person.r, manifest_hash: bequest.manifestHash },
      ]);
    }));

  it("writes the fetch before the share leaves: when it cannot be written, nothing leaves", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, longEnough);
      const request = await proven(owner, b, person);
      test.onCommitStep = (step) => {
        if (step === "written") throw new Error("disk full");
      };
      await expect(owner.handlers.grant(request, asApi)).rejects.toThrow("disk full");
      test.onCommitStep = () => {};
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("granted");
      await owner.handlers.grant(request, asApi);
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("fetched");
    }));
});

function fetchesIn(folder: string) {
  const database = new DatabaseSync(join(folder, "keyholder.sqlite"), { readOnly: true });
  const rows = database.prepare("select decision, r, manifest_hash from fetch").all();
  database.close();
  return rows.map((row) => ({ ...row }));
}

describe("the owner's return", () => {
  it("withdraws what was not fetched, for good, also after a restart, and keeps what was", () =>
    withKeyholder(async (test) => {
      const [owner, quick, slow] = [await anOwner(test), await aPerson(), await aPerson()];
      const { b } = await armed(owner, [quick, slow]);
      await silence(test, longEnough);
      await fetchShare(owner, b, quick);
      const before = await proven(owner, b, slow);
      const receipt = await owner.checkIn();
      expect(receipt.rows[0]).toMatchObject({ state: "armed", used: 0 });
      await expect(owner.handlers.grant(before, asApi)).rejects.toThrow("not-granted");
      await expect(fetchShare(owner, b, slow)).rejects.toThrow("not-granted");
      await expect(fetchShare(owner, b, quick)).rejects.toThrow("not-granted");
      await test.restart();
      await expect(fetchShare(owner, b, slow)).rejects.toThrow("not-granted");
      const { slots } = await switchOf(owner, b);
      expect(new Map(slots.map(({ r, stage }) => [r, stage]))).toEqual(
        new Map<string, string>([
          [quick.r, "fetched"],
          [slow.r, "withdrawn"],
        ]),
      );
      const withdrawn = slots.find(({ r }) => r === slow.r)?.withdrawn ?? "";
      const key = await owner.keyholderKey();
      verifyWithdrawn(withdrawn, key, { account: owner.account, b, g: 1, r: slow.r, decisionId: before.decisionId });
      expect(openStatement("withdrawn", withdrawn, key).body.sign).toBe(receipt.statement);
    }));

  it("while a share is being sealed wins over the fetch", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, longEnough);
      const request = await proven(owner, b, person);
      const statement = await owner.signCheckIn();
      const grant = owner.handlers.grant(request, asApi);
      await owner.submit("checkin", statement);
      await expect(grant).rejects.toThrow("not-granted");
    }));

  it("arms again for a full interval, after which the next decision grants anew", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, longEnough);
      const first = (await switchOf(owner, b)).release;
      await owner.checkIn();
      await silence(test, 46 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await silence(test, 2 * dayMs);
      const { release } = await fetchShare(owner, b, person);
      expect(release).not.toBe(first);
    }));

  it("keeps what was fetched out of the next release: nothing newer is given for it, at once or later", () =>
    withKeyholder(async (test) => {
      const [owner, quick, slow] = [await anOwner(test), await aPerson(), await aPerson()];
      const bequest = await armed(owner, [quick, slow], { delays: [5 * dayMs, 0] });
      const { b } = bequest;
      await silence(test, longEnough + 5 * dayMs);
      await fetchShare(owner, b, quick);
      const manifestHash = randomHash();
      await owner.signAndSubmit("manifest", (fields) => ({ ...fields, b, g: 1, mseq: 2, manifestHash }));
      await silence(test, longEnough);
      expect((await fetchShare(owner, b, slow)).grant.manifestHash).toEqual(decodeBase64url(manifestHash));
      for (const ms of [0, 10 * dayMs]) {
        await silence(test, ms);
        await expect(fetchShare(owner, b, quick)).rejects.toThrow("not-granted");
      }
      await expect(fetchShare(owner, b, slow)).resolves.toBeDefined();
      expect(new Set(fetchesIn(test.folder).map(({ r }) => r))).toEqual(new Set([quick.r, slow.r]));
    }));

  it("by a new generation is told to everybody whose share was taken back, also who is no longer in it", () =>
    withKeyholder(async (test) => {
      const [owner, kept, removed] = [await anOwner(test), await aPerson(), await aPerson()];
      const first = await deposited(owner, [kept, removed]);
      const { b, contact } = first;
      await owner.signAndSubmit("policy", policyOf(owner, first));
      const second = await deposited(owner, [kept], { b, g: 2, contact });
      await silence(test, longEnough);
      expect((await switchOf(owner, b)).state).toBe("released");
      const sign = await owner.signAndSubmit("policy", policyOf(owner, second));
      const { g, slots } = await switchOf(owner, b);
      expect([g, slots.map(({ r, stage }) => [r, stage])]).toEqual([
        2,
        [
          [kept.r, "waiting"],
          [removed.r, "withdrawn"],
        ],
      ]);
      for (const { r, withdrawn } of slots) {
        const { body } = openStatement("withdrawn", withdrawn, await owner.keyholderKey());
        expect(body).toMatchObject({ b, g: 1, r, sign });
      }
      await silence(test, longEnough);
      const after = (await switchOf(owner, b)).slots;
      expect(after.map(({ r, stage, withdrawn }) => [r, stage, withdrawn])).toEqual([[kept.r, "granted", ""]]);
    }));

  it("by a disarm stops it for good", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b, policyHash } = await armed(owner, [person]);
      await silence(test, longEnough);
      await owner.submit("disarm", await owner.signDisarm(b, policyHash));
      await silence(test, 100 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      expect((await switchOf(owner, b)).state).toBe("disarmed");
    }));
});

describe("who is unknown", () => {
  it("learns nothing: every place without a grant looks the same", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const account = owner.account;
      const places = [
        { account, b, r: person.r },
        { account, b, r: newBequestId() },
        { account, b: newBequestId(), r: person.r },
        { account: newBequestId(), b, r: person.r },
      ];
      for (const place of places) await expect(owner.handlers.prove(place, asApi)).rejects.toThrow("not-granted");
    }));
});
