import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";
import { fetchShare, remindAll, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const asClock = { caller: "clock", requestId: "test" } as const;

function linkOf(test: TestKeyholder): string {
  const found = test.mail.mails.map(({ text }) => /\/checkin#([A-Za-z0-9_-]{43})/.exec(text)?.[1]).findLast(Boolean);
  return found ?? expect.fail("no link in any mail");
}

/** Before when nothing is handed over, as the first mail says. */
function saidIn(test: TestKeyholder): number {
  return Date.parse(/handed over before (.*?)\./.exec(test.mail.mails[0]?.text ?? "")?.[1] ?? "");
}

async function useLink(owner: Owner, token: string, nonce = randomHash()) {
  const answer = await owner.handlers.submitToken({ token, nonce }, asApi);
  return { ...answer, body: openStatement("receipt", answer.receipt, await owner.keyholderKey()).body };
}

describe("the last call", () => {
  it("is sent by the keyholder itself, once, and its wait begins when a mail server took it", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await silence(test, 55 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "lastCall", lastCall: "due", waitsFor: "last-call" });
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      test.mail.isDown = false;
      await silence(test, 0.5 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ lastCall: "accepted" });
      await silence(test, 2.25 * dayMs);
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await silence(test, 0.75 * dayMs);
      await fetchShare(owner, b, person);
      expect(test.mail.mails.length).toBe(1);
    }));

  it("says before when nothing is handed over, and it is not", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await silence(test, 45 * dayMs);
      const said = saidIn(test);
      const { earliestWallMs } = await switchOf(owner, b);
      expect(Math.abs(said - earliestWallMs)).toBeLessThan(dayMs);
      expect(said).toBeGreaterThan(test.clock.nowMs() + dayMs);
      while (test.clock.nowMs() < said) {
        expect((await switchOf(owner, b)).release).toBe("");
        await silence(test, dayMs / 4);
      }
    }));

  it("says the sooner date where somebody may ask: they could be given it before silence has lasted", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      await armed(owner, [person], { requests: [{ r: person.r, wait: 5 * dayMs }] });
      while (test.mail.mails.length === 0) await test.pass(dayMs / 4);
      expect(saidIn(test) - test.clock.nowMs()).toBe(5 * dayMs);
    }));

  it("contains no name, no recipient and no secret, and a link that checks in once", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 45 * dayMs);
      const [mail] = test.mail.mails;
      for (const secret of [owner.account, b, person.r, person.ageKey]) expect(mail?.text).not.toContain(secret);
      const [token, nonce] = [linkOf(test), randomHash()];
      const first = await useLink(owner, token, nonce);
      expect(first.body.rows[0]).toMatchObject({ b, state: "armed", used: 0 });
      expect(await useLink(owner, token, nonce)).toEqual(first);
      await test.restart();
      expect(await useLink(owner, token, nonce)).toEqual(first);
      await expect(useLink(owner, token)).rejects.toThrow("token-used");
      await expect(useLink(owner, randomHash())).rejects.toThrow("token-unknown");
    }));

  it("has no link where a weak sign would not count, and such a link does not count", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person], { classes: ["signed"] });
      await silence(test, 45 * dayMs);
      expect(test.mail.mails.map(({ text }) => text.includes("/checkin#"))).toEqual([false]);
      const { token } = await owner.handlers.mintToken({ account: owner.account }, asClock);
      await expect(useLink(owner, token)).rejects.toThrow("sign-not-accepted");
      expect((await switchOf(owner, b)).state).toBe("lastCall");
    }));

  it("leaves no link behind in a mail that nobody took, and one for each address that took it", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const links = () => inStore(test, (database) => database.prepare("select hash from token").all().length);
      test.mail.isDown = true;
      await silence(test, 45 * dayMs);
      expect(test.mail.refused).toBeGreaterThan(0);
      expect(links()).toBe(0);
      test.mail.isDown = false;
      await test.keyholder.callOwners();
      await silence(test, dayMs / 4);
      expect([test.mail.mails.length, links()]).toEqual([1, 1]);
    }));

  it("does not count for a silence that ended while the mail was on its way", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await silence(test, 45 * dayMs);
      const statement = await owner.signCheckIn();
      expect((await switchOf(owner, b)).lastCall).toBe("due");
      test.mail.isDown = false;
      test.mail.onMail = async () => void (await owner.submit("checkin", statement));
      await silence(test, 0.25 * dayMs);
      expect(test.mail.mails.length).toBe(1);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", lastCall: "none" });
    }));

  it("never lets mail links alone carry an account beyond the policy's weak limit", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      for (let day = 0; day < 60; day += 20) {
        await silence(test, 20 * dayMs);
        await useLink(owner, (await owner.handlers.mintToken({ account: owner.account }, asClock)).token);
      }
      await silence(test, 0.5 * dayMs);
      const { token } = await owner.handlers.mintToken({ account: owner.account }, asClock);
      await expect(useLink(owner, token)).rejects.toThrow("sign-not-accepted");
      await silence(test, 48 * dayMs);
      await fetchShare(owner, b, person);
    }));

  it("does not wait beside a mail server that hangs: time goes on", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      test.mail.isDown = true;
      await silence(test, 50 * dayMs);
      const before = (await owner.handlers.switches({ account: owner.account }, asApi)).attendedMs;
      test.clock.advance(dayMs / 4);
      const calling = test.keyholder.callOwners();
      await test.keyholder.tick();
      expect((await owner.handlers.switches({ account: owner.account }, asApi)).attendedMs).toBe(before + dayMs / 4);
      await calling;
    }));

  it("cannot lose its link to a clock zone that mints many", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      await silence(test, 45 * dayMs);
      const oldest = (await owner.handlers.mintToken({ account: owner.account }, asClock)).token;
      for (let i = 0; i < 256; i++) await owner.handlers.mintToken({ account: owner.account }, asClock);
      await expect(useLink(owner, oldest)).rejects.toThrow("token-unknown");
      await useLink(owner, linkOf(test));
    }));
});

describe("the clock zone's word", () => {
  it("hastens nothing, however it lies about reminders", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const earliest = (await owner.checkIn()).rows[0]?.earliest.silence ?? 0;
      const lie = async () => {
        const { lastSign } = await switchOf(owner, b);
        for (const phase of ["reminding", "grace"] as const) {
          for (let index = 0; index < 16; index++) {
            const reminder = { account: owner.account, b, lastSign, phase, index };
            await owner.handlers.reminderAccepted(reminder, asClock);
          }
        }
      };
      while (test.clock.nowMs() < earliest) {
        await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
        await lie();
        await test.pass(dayMs);
      }
      await silence(test, dayMs);
      await fetchShare(owner, b, person);
    }));

  it("or an accepted message of the keyholder's own is needed to leave reminding and grace", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.mail.isDown = true;
      await test.pass(40 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "reminding", waitsFor: "reminder" });
      await remindAll(test);
      await test.pass(20 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "grace", waitsFor: "reminder" });
      test.mail.isDown = false;
      await test.pass(2 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "lastCall", lastCall: "accepted" });
      const isLast = test.mail.mails.map(({ text }) => text.includes("this is the last question"));
      expect(isLast).toEqual([false, true]);
    }));

  it("is not needed for ever: a zone that says nothing delays a release by less than a day", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await test.pass(48 * dayMs);
      await fetchShare(owner, b, person);
      expect(test.mail.mails).toHaveLength(3);
    }));

  it("about an earlier silence is not noted", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      const { lastSign } = await switchOf(owner, b);
      await test.pass(20 * dayMs);
      await owner.checkIn();
      await test.pass(20 * dayMs);
      const reminder = { account: owner.account, b, phase: "reminding", index: 0 } as const;
      expect(await owner.handlers.reminderAccepted({ ...reminder, lastSign }, asClock)).toEqual({ noted: false });
      const present = (await switchOf(owner, b)).lastSign;
      expect(await owner.handlers.reminderAccepted({ ...reminder, lastSign: present }, asClock)).toEqual({
        noted: true,
      });
    }));
});
