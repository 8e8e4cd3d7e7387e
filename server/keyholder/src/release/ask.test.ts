import { decodeBase64url } from "@afterkeep/bytes";
import { openProofChallenge } from "@afterkeep/formats";
import { openStatement, verifyAsked } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed, deposited, policyOf } from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { ask, proven } from "../testing/a-request.ts";
import { anOwner, aPerson, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const wait = 5 * dayMs;
const minuteMs = 60_000;

/** An owner whose bequest to two people may be asked for by the first, eight days after the first arming. */
async function anAskable(test: TestKeyholder) {
  const [owner, asker, other] = [await anOwner(test), await aPerson(), await aPerson()];
  const { b, policyHash } = await armed(owner, [asker, other], { requests: [{ r: asker.r, wait }] });
  await silence(test, 8 * dayMs);
  await owner.checkIn();
  return { owner, asker, other, b, policyHash };
}

describe("asking for a bequest", () => {
  it("opens it to everybody whom it is for when the owner says nothing, and not before the wait that they chose", () =>
    withKeyholder(async (test) => {
      const { owner, asker, other, b, policyHash } = await anAskable(test);
      const said = await ask(owner, b, asker);
      expect(said).toMatchObject({ b, r: asker.r, policyHash, wait });
      await silence(test, 4.9 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({
        state: "requested",
        requests: [{ request: said.request, stage: "open" }],
      });
      await expect(fetchShare(owner, b, asker)).rejects.toThrow("not-granted");
      await silence(test, dayMs);
      await fetchShare(owner, b, asker);
      await fetchShare(owner, b, other);
      const { release } = await switchOf(owner, b);
      expect(openStatement("release", release, await owner.keyholderKey()).body.trigger).toBe("request");
    }));

  it("has the owner called, with words that name nobody, and no wait begins before a mail server took the call", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b } = await anAskable(test);
      test.mail.mails.length = 0;
      test.mail.isDown = true;
      await ask(owner, b, asker);
      await silence(test, 9 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "requested", waitsFor: "last-call" });
      test.mail.isDown = false;
      await silence(test, 0.5 * dayMs);
      const [mail] = test.mail.mails;
      expect(mail?.text).toContain("One of them has now asked for it");
      for (const secret of [owner.account, b, asker.r, asker.ageKey]) expect(mail?.text).not.toContain(secret);
      await silence(test, 4.4 * dayMs);
      await expect(fetchShare(owner, b, asker)).rejects.toThrow("not-granted");
    }));

  it("is refused by a check-in, by a refusal, and by whatever else the owner's key signs", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b, policyHash } = await anAskable(test);
      const answers = [
        async () => owner.checkIn(),
        async () => owner.submit("refuse", await owner.signRefuse(b, policyHash)),
        async () => owner.submit("refuse", await owner.signRefuse("", "")),
        async () => owner.pause(b, policyHash, 0),
      ];
      for (const answer of answers) {
        const { request } = await ask(owner, b, asker);
        const { pending } = await owner.challenge("checkin");
        expect(pending).toMatchObject([{ request, b, r: asker.r }]);
        const receipt = await answer();
        expect(receipt).toMatchObject({ rows: [{ state: "armed", used: 0 }], pending: { requests: [] } });
        expect((await switchOf(owner, b)).requests).toMatchObject([{ request, stage: "refused" }]);
        await expect(ask(owner, b, asker)).rejects.toThrow("asked-too-soon");
        await silence(test, 1.2 * dayMs);
        expect((await switchOf(owner, b)).requests).toEqual([]);
      }
    }));

  it("is let go on by a check-in that says so, for the very request that it names", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b } = await anAskable(test);
      const { request } = await ask(owner, b, asker);
      await silence(test, dayMs);
      const leave = (name: string) => owner.signCheckIn({ answers: [{ request: name, answer: "leave" }] });
      const receipt = await owner.submit("checkin", await leave(request));
      expect(receipt).toMatchObject({ rows: [{ state: "requested", used: 0 }], pending: { requests: [{ request }] } });
      await owner.submit("checkin", await leave(owner.account));
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("is only for who holds the key, may ask, and answers this very challenge", () =>
    withKeyholder(async (test) => {
      const { owner, asker, other, b } = await anAskable(test);
      const request = await proven(owner, b, asker);
      const as = async (change: object) => owner.handlers.ask({ ...request, ...change }, asApi);
      await expect(as({ nonce: randomHash() })).rejects.toThrow("proof-wrong");
      await expect(as({ r: other.r })).rejects.toThrow("may-not-ask");
      await expect(as({ request: owner.account })).rejects.toThrow("proof-wrong");
      await expect(as({ request: (await proven(owner, b, asker)).request })).rejects.toThrow("proof-wrong");
      await expect(proven(owner, b, other)).rejects.toThrow("may-not-ask");
      await expect(proven(owner, owner.account, asker)).rejects.toThrow("may-not-ask");
      const second = await proven(owner, b, asker);
      await owner.handlers.ask(request, asApi);
      for (const again of [as({}), as(second), proven(owner, b, asker)])
        await expect(again).rejects.toThrow("asked-already");
      await owner.checkIn();
      await silence(test, 1.2 * dayMs);
      await expect(as({})).rejects.toThrow("proof-wrong");
    }));

  it("is proven for one account, bequest and person: none of them may use another's proof", () =>
    withKeyholder(async (test) => {
      const [owner, one, other] = [await anOwner(test), await aPerson(), await aPerson()];
      const requests = [one, other].map(({ r }) => ({ r, wait }));
      const first = await armed(owner, [one, other], { requests });
      const second = await armed(owner, [one, other], { requests });
      // Ids are the client's own choice: somebody makes an account of theirs with the same ones, and a key that they hold.
      const [stranger, impostor] = [await anOwner(test), { ...(await aPerson()), r: one.r }];
      const theirs = await deposited(stranger, [impostor], { b: first.b });
      await stranger.signAndSubmit("policy", policyOf(stranger, theirs, { requests: [{ r: impostor.r, wait }] }));
      await silence(test, 8 * dayMs);
      const mine = await proven(owner, first.b, one);
      const as = async (change: object) => owner.handlers.ask({ ...mine, ...change }, asApi);
      await expect(as({ r: other.r })).rejects.toThrow("proof-wrong");
      await expect(as({ b: second.b })).rejects.toThrow("proof-wrong");
      const foreign = await proven(stranger, first.b, impostor);
      const { request, nonce } = foreign;
      await expect(as({ request, nonce })).rejects.toThrow("proof-wrong");
      expect(foreign).toMatchObject({ b: mine.b, r: mine.r });
      await as({});
      expect((await switchOf(stranger, first.b)).requests).toEqual([]);
    }));

  it("has the owner called at once, though a call about another request has just failed", () =>
    withKeyholder(async (test) => {
      const [owner, one, other] = [await anOwner(test), await aPerson(), await aPerson()];
      const requests = [one, other].map(({ r }) => ({ r, wait }));
      const { b } = await armed(owner, [one, other], { requests });
      await test.pass(5 * minuteMs);
      test.mail.isDown = true;
      await ask(owner, b, one);
      await test.pass(minuteMs);
      test.mail.isDown = false;
      await test.pass(minuteMs);
      expect(test.mail.mails).toEqual([]);
      await ask(owner, b, other);
      await test.pass(minuteMs);
      expect(test.mail.mails).toHaveLength(1);
    }, real));

  it("waits while the keyholder's clock is in doubt", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b } = await anAskable(test);
      const request = await proven(owner, b, asker);
      test.clock.jumpWall(-3 * dayMs);
      await expect(proven(owner, b, asker)).rejects.toThrow("held");
      const ask = async () => owner.handlers.ask(request, asApi);
      await expect(ask()).rejects.toThrow("held");
      test.clock.jumpWall(3 * dayMs);
      await ask();
    }));

  it("cannot be slipped under a proof for opening, nor the other way round", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b } = await anAskable(test);
      const place = { account: owner.account, b, r: asker.r };
      const { challenge } = await owner.handlers.proveToAsk(place, asApi);
      await expect(openProofChallenge(asker.identity, decodeBase64url(challenge))).rejects.toThrow();
      const answered = await proven(owner, b, asker);
      const { request: decisionId, ...rest } = answered;
      await expect(owner.handlers.grant({ ...rest, decisionId }, asApi)).rejects.toThrow("not-granted");
    }));

  it("survives a restart of the keyholder, and not a restore: then nothing is open and everything is held", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b } = await anAskable(test);
      const { request } = await ask(owner, b, asker);
      await test.restart();
      expect((await switchOf(owner, b)).requests).toMatchObject([{ request, stage: "open" }]);
      const before = await test.backUp();
      await owner.checkIn();
      await test.restoreStore(before);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held", requests: [] });
      await silence(test, 20 * dayMs);
      await expect(fetchShare(owner, b, asker)).rejects.toThrow("not-granted");
      await expect(proven(owner, b, asker)).rejects.toThrow("may-not-ask");
    }));

  it("is put off by a mail link, which refuses nothing", () =>
    withKeyholder(async (test) => {
      const { owner, asker, b } = await anAskable(test);
      await ask(owner, b, asker);
      await silence(test, dayMs);
      const { token } = await owner.handlers.mintToken({ account: owner.account }, { caller: "clock", requestId: "t" });
      await owner.handlers.submitToken({ token, nonce: randomHash() }, asApi);
      expect(await switchOf(owner, b)).toMatchObject({ state: "requested", used: 0 });
      await silence(test, 6.5 * dayMs);
      await expect(fetchShare(owner, b, asker)).rejects.toThrow("not-granted");
      await silence(test, dayMs);
      await fetchShare(owner, b, asker);
    }));

  it("answers with what the keyholder signed for this place and no other", () =>
    withKeyholder(async (test) => {
      const { owner, asker, other, b, policyHash } = await anAskable(test);
      const proof = await proven(owner, b, asker);
      const { asked } = await owner.handlers.ask(proof, asApi);
      const key = await owner.keyholderKey();
      const { request } = proof;
      const expected = { account: owner.account, b, g: 1, r: asker.r, request, policyHash, mode: "demo" as const };
      expect(verifyAsked(asked, key, expected).body.wait).toBe(wait);
      for (const change of [{ r: other.r }, { g: 2 }, { policyHash: randomHash() }, { mode: "real" as const }])
        expect(() => verifyAsked(asked, key, { ...expected, ...change })).toThrow();
    }));
});
