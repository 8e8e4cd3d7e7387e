import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { openAskChallenge } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { fetchShare, remindAll, silence, switchOf } from "../testing/a-silence.ts";
import { freezeAll, stateOfFreeze, thawAll, zeroHash } from "../testing/an-order.ts";
import { anOwner, aPerson, type Owner, type Person } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";

const hourMs = 3_600_000;
const refusal = (code: string) => expect.objectContaining({ code });

async function aDay(test: TestKeyholder, days = 1): Promise<void> {
  await silence(test, days * dayMs);
}

/** Days until it is granted, everything that is asked for being accepted. */
async function daysUntilGranted(test: TestKeyholder, owner: Awaited<ReturnType<typeof anOwner>>, b: string) {
  for (let day = 0; day < 200; day++) {
    if ((await switchOf(owner, b)).slots.some(({ stage }) => stage === "granted")) return day;
    await aDay(test);
  }
  throw new Error("never granted");
}

describe("while everything is frozen", () => {
  it("nothing is decided that is due, whatever wakes it, and after the end it is", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await aDay(test, 46);
      expect((await switchOf(owner, b)).state).toBe("lastCall");
      // The decision falls due with the time that the order itself counts, before any tick could make it.
      let left = (await switchOf(owner, b)).left;
      await test.pass(Math.max(0, left - 12 * hourMs));
      left = (await switchOf(owner, b)).left;
      test.clock.advance(Math.min(left, 12 * hourMs));
      await freezeAll(test, 5 * dayMs);
      const frozen = await switchOf(owner, b);
      expect(frozen).toMatchObject({
        state: "frozen",
        waitsFor: "operators",
        left: 0,
        remindersDue: [],
        lastCall: "accepted",
      });
      wakeAll(test);
      await test.pass(4 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", release: "", left: 0 });
      expect(frozen.wakeWallMs - frozen.earliestWallMs).toBe(5 * dayMs);
      await test.pass(2 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("grace");
      const took = await daysUntilGranted(test, owner, b);
      expect(took).toBeGreaterThanOrEqual(3);
      expect(took).toBeLessThanOrEqual(7);
      expect(test.errors).toEqual([]);
    }));

  it("no share leaves that was granted before, and it does after the thaw", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await daysUntilGranted(test, owner, b);
      await freezeAll(test);
      await expect(fetchShare(owner, b, person)).rejects.toThrow(refusal("held"));
      await thawAll(test);
      await fetchShare(owner, b, person);
    }));

  it("a delay after a decision stands still", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person], { delays: [5 * dayMs] });
      while ((await switchOf(owner, b)).release === "") await aDay(test);
      await freezeAll(test, 20 * dayMs);
      await aDay(test, 19);
      await thawAll(test);
      const took = await daysUntilGranted(test, owner, b);
      expect(took).toBeGreaterThanOrEqual(4);
      expect(took).toBeLessThanOrEqual(5);
    }));

  it("no call is made and no reminder counts, and a request is not heard", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person], { requests: [{ r: person.r, wait: 72 * hourMs }] });
      await aDay(test, 29);
      const { remindersDue, lastSign } = await switchOf(owner, b);
      await freezeAll(test);
      const [due = { phase: "reminding" as const, index: 2 }] = remindersDue;
      const said = { account: owner.account, b, lastSign, ...due };
      expect(await owner.handlers.reminderAccepted(said, { caller: "clock", requestId: "test" })).toEqual({
        noted: false,
      });
      const place = { account: owner.account, b, r: person.r };
      await expect(owner.handlers.proveToAsk(place, { caller: "api", requestId: "test" })).rejects.toThrow(
        refusal("held"),
      );
      const mails = test.mail.mails.length;
      await aDay(test, 9);
      expect(test.mail.mails.length).toBe(mails);
    }));

  it("a last call that is due is not made", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      // Ticks alone: it falls due, and nobody has tried it yet.
      while ((await switchOf(owner, b)).lastCall !== "due") {
        test.clock.advance(6 * hourMs);
        await test.keyholder.tick();
        await remindAll(test);
      }
      await freezeAll(test);
      await test.pass(5 * dayMs);
      expect(test.mail.mails.length).toBe(0);
      await thawAll(test);
      await aDay(test, 4);
      expect(test.mail.mails.length).toBeGreaterThan(0);
    }));

  it.each([
    ["a freeze", async () => {}],
    ["a freeze and a thaw", thawAll],
  ])("a call about a request that is on its way while %s comes counts for nothing", (_, andThen) =>
    withKeyholder(async (test) => {
      const [owner, asker] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [asker], { requests: [{ r: asker.r, wait: 72 * hourMs }] });
      await aDay(test, 8);
      await owner.checkIn();
      await askFor(owner, b, asker);
      test.mail.onMail = async () => {
        test.mail.onMail = () => {};
        test.mail.isDown = true;
        await freezeAll(test);
        await andThen(test);
      };
      await aDay(test);
      expect(test.mail.mails.length).toBe(1);
      if (andThen !== thawAll) await thawAll(test);
      await aDay(test, 9);
      expect(await switchOf(owner, b)).toMatchObject({ state: "requested", waitsFor: "last-call" });
      test.mail.isDown = false;
      await aDay(test, 2);
      expect((await switchOf(owner, b)).release).toBe("");
      await aDay(test, 2);
      expect((await switchOf(owner, b)).release).not.toBe("");
    }),
  );

  it("an owner checks in, pauses and disarms, and every receipt says frozen and until when", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await aDay(test, 40);
      const { freeze, until } = await freezeAll(test);
      const receipt = await owner.checkIn();
      expect(receipt.freeze).toEqual({ freeze, until });
      expect(receipt.rows[0]).toMatchObject({ state: "frozen", used: 0, left: 47 * dayMs });
      await aDay(test, 3);
      expect((await owner.pause("", "", 3 * dayMs)).rows[0]).toMatchObject({ state: "frozen", left: 50 * dayMs });
      const disarmed = await owner.submit("disarm", await owner.signDisarm("", ""));
      expect(disarmed.rows[0]?.state).toBe("disarmed");
      expect(disarmed.freeze?.until).toBeGreaterThanOrEqual(until);
      await thawAll(test);
      expect((await owner.checkIn()).freeze).toBeUndefined();
      expect((await switchOf(owner, b)).state).toBe("disarmed");
    }));

  it("a sign leaves nothing to be warned of anew after the thaw", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await aDay(test, 45);
      await freezeAll(test);
      await owner.checkIn();
      await thawAll(test);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", remindersDue: [], left: 47 * dayMs });
    }));
});

describe("a freeze", () => {
  it("ends by itself, without owner and operators, also where the process was started anew", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await freezeAll(test, 30 * dayMs);
      await test.pass(20 * dayMs);
      await test.restart();
      expect((await switchOf(owner, b)).state).toBe("frozen");
      await test.pass(9 * dayMs);
      expect((await stateOfFreeze(test)).freeze).not.toBe(zeroHash);
      await test.pass(2 * dayMs);
      expect(await stateOfFreeze(test)).toMatchObject({ freeze: zeroHash, left: 0 });
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("ends for everybody else where one bequest cannot be read, whoever ends it", () =>
    withKeyholder(async (test) => {
      const [owner, other] = [await anOwner(test), await anOwner(test)];
      const { b } = await armed(owner, [await aPerson()]);
      const damaged = await armed(other, [await aPerson()]);
      const damage = (history: string) => inStore(test, (database) => {
        database.prepare("update bequest set history = ? where b = ?").run(history, damaged.b);
      }); // prettier-ignore
      await freezeAll(test, dayMs);
      damage("not json");
      await test.pass(2 * dayMs);
      expect(await stateOfFreeze(test)).toMatchObject({ freeze: zeroHash });
      expect((await switchOf(owner, b)).state).toBe("armed");
      await freezeAll(test, dayMs);
      await thawAll(test);
      expect((await switchOf(owner, b)).state).toBe("armed");
      expect(test.errors.length).toBeGreaterThan(0);
      test.errors.length = 0;
    }));

  it("asks after an outage in it for no less than the outage alone would", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await aDay(test, 29);
      await freezeAll(test, hourMs);
      test.clock.advance(20 * dayMs);
      await test.pass(2 * hourMs);
      expect((await stateOfFreeze(test)).freeze).toBe(zeroHash);
      await remindAll(test);
      // Three days from the message on, then grace and the last call; the interval itself would end in one day.
      expect(await switchOf(owner, b)).toMatchObject({ state: "reminding", left: (3 + 14 + 3) * dayMs + 1 });
    }));

  it("is as long as it is in time that counts: while nobody can reach the service it does not run out", () =>
    withKeyholder(async (test) => {
      await freezeAll(test, 5 * dayMs);
      test.isReachable = false;
      await test.pass(20 * dayMs);
      test.isReachable = true;
      // The last good probe counts for a while.
      expect((await stateOfFreeze(test)).left).toBeGreaterThan(3 * dayMs);
      await test.pass(6 * dayMs);
      expect((await stateOfFreeze(test)).freeze).toBe(zeroHash);
    }));

  it(
    "delays a release by its length and by six days at most, and never hastens one",
    () =>
      withKeyholder(async (test) => {
        const [owner, person] = [await anOwner(test), await aPerson()];
        const whole = await armed(owner, [person]).then(({ b }) => daysUntilGranted(test, owner, b));
        for (const day of [10, 29, 43, 46]) {
          await owner.checkIn();
          const { b } = await armed(owner, [person]);
          await aDay(test, day);
          await freezeAll(test, dayMs);
          await aDay(test);
          const took = day + 1 + (await daysUntilGranted(test, owner, b));
          expect([day, took >= whole + 1]).toEqual([day, true]);
          expect([day, took <= whole + 1 + 6]).toEqual([day, true]);
          await owner.submit("disarm", await owner.signDisarm("", ""));
          await test.pass(91 * dayMs);
        }
      }),
    60_000,
  );

  it("makes the last call again after one more reminder", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      while ((await switchOf(owner, b)).lastCall !== "accepted") await aDay(test);
      const calls = test.mail.mails.length;
      await freezeAll(test, 5 * dayMs);
      await thawAll(test);
      test.mail.isDown = true;
      await test.pass(2 * dayMs);
      const asking = await switchOf(owner, b);
      expect(asking).toMatchObject({ state: "grace", waitsFor: "reminder" });
      expect(asking.remindersDue).not.toEqual([]);
      test.mail.isDown = false;
      await remindAll(test);
      while ((await switchOf(owner, b)).state === "grace") await aDay(test);
      await aDay(test);
      expect(test.mail.mails.length).toBeGreaterThan(calls);
      expect(await switchOf(owner, b)).toMatchObject({ state: "lastCall", lastCall: "accepted", release: "" });
    }));

  it("is told to the clock zone when it begins and when it is over", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const asClock = { caller: "clock", requestId: "test" } as const;
      const news = async (after: number) => test.keyholder.handlers.switches({ after, limit: 10 }, asClock);
      const before = (await news(0)).cursor;
      await freezeAll(test);
      await test.keyholder.tick();
      const begun = await news(before);
      expect(begun.items).toMatchObject([{ b, state: "frozen", waitsFor: "operators" }]);
      expect((await news(begun.cursor)).items).toEqual([]);
      await thawAll(test);
      await test.keyholder.tick();
      expect((await news(begun.cursor)).items).toMatchObject([{ b, state: "armed" }]);
    }));

  it("that an older store does not know is gone, and everything is held instead; its order counts no more", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const copy = await test.backUp();
      const { epoch } = await freezeAll(test, 30 * dayMs);
      await test.restoreStore(copy);
      expect(await switchOf(owner, b)).toMatchObject({ state: "held" });
      expect(await stateOfFreeze(test)).toMatchObject({ freeze: zeroHash, epoch: epoch + 1, more: 3 });
    }));

  it("that an older store still knows goes on to its end, under the hold", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await freezeAll(test, 10 * dayMs);
      const copy = await test.backUp();
      await thawAll(test);
      await test.restoreStore(copy);
      expect((await switchOf(owner, b)).state).toBe("frozen");
      await test.pass(11 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("held");
    }));
});

async function askFor(owner: Owner, b: string, { r, identity }: Person): Promise<void> {
  const asApi = { caller: "api", requestId: "test" } as const;
  const place = { account: owner.account, b, r };
  const { request, challenge } = await owner.handlers.proveToAsk(place, asApi);
  const { nonce } = await openAskChallenge(identity, decodeBase64url(challenge));
  await owner.handlers.ask({ ...place, request, nonce: encodeBase64url(nonce) }, asApi);
}

/** As if something had gone wrong: every switch is to be looked at now. */
function wakeAll(test: TestKeyholder): void {
  inStore(test, (database) => database.exec("update bequest set wake = 0"));
}
