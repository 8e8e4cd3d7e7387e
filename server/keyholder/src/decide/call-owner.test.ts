import { describe, expect, it } from "vitest";
import { armed, depositContact, deposited, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { freezeAll, thawAll } from "../testing/an-order.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { ask } from "../testing/a-request.ts";
import { inStore } from "../testing/in-store.ts";
import { remindAll, silence, switchOf } from "../testing/a-silence.ts";

/** Once, while a mail is on its way. */
function meanwhile(test: TestKeyholder, happen: () => Promise<unknown>): void {
  test.mail.onMail = async () => {
    test.mail.onMail = () => {};
    await happen();
  };
}

describe("a mail of the keyholder's own", () => {
  it("about the interval is no reminder of the grace period, where that began while it was on its way", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      meanwhile(test, () => remindAll(test));
      while (test.mail.mails.length === 0) await test.pass(dayMs / 4);
      expect(await switchOf(owner, b)).toMatchObject({
        state: "grace",
        remindersDue: [{ phase: "grace", index: 0 }],
      });
    }));

  it("about a request counts for nothing where the owner signed meanwhile, also to let it go on, or all was frozen", () =>
    withKeyholder(async (test) => {
      const [owner, asker] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [asker], { requests: [{ r: asker.r, wait: 5 * dayMs }] });
      await silence(test, 8 * dayMs);
      const { request } = await ask(owner, b, asker);
      const leaves = await owner.signCheckIn({ answers: [{ request, answer: "leave" }] });
      const happenings = [() => owner.submit("checkin", leaves), () => freezeAll(test).then(() => thawAll(test))];
      for (const happen of happenings) {
        meanwhile(test, happen);
        test.mail.mails.length = 0;
        await test.keyholder.callOwners();
        expect(test.mail.mails).toHaveLength(1);
        expect(await switchOf(owner, b)).toMatchObject({ state: "requested", waitsFor: "last-call" });
        test.clock.advance(dayMs / 4);
        await test.keyholder.tick();
      }
      await test.keyholder.callOwners();
      expect(test.mail.mails).toHaveLength(2);
      expect(await switchOf(owner, b)).toMatchObject({ state: "requested", waitsFor: "" });
    }));

  it("is not sent while the clock is in doubt or everything is frozen, though it was due before", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      while ((await switchOf(owner, b)).lastCall !== "due") {
        test.clock.advance(dayMs / 4);
        await test.keyholder.tick();
        await remindAll(test);
      }
      test.clock.jumpWall(-365 * dayMs);
      await test.keyholder.callOwners();
      test.clock.jumpWall(365 * dayMs);
      await freezeAll(test);
      await test.keyholder.callOwners();
      expect(test.mail.mails).toEqual([]);
      await thawAll(test);
      await silence(test, dayMs);
      expect(test.mail.mails).not.toEqual([]);
    }));

  it("goes to the other addresses where one is lost", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const generation = await deposited(owner, [await aPerson()]);
      const contacts = [generation.contact, await depositContact(owner, "second@example.test")];
      await owner.signAndSubmit("policy", policyOf(owner, generation, { contacts }));
      inStore(test, (db) => db.prepare("delete from contact where hash = ?").run(generation.contact));
      while (test.mail.mails.length === 0) await silence(test, dayMs / 4);
      expect(test.mail.mails.map(({ to }) => to)).toEqual(["second@example.test"]);
      expect(test.errors).toEqual([]);
    }));

  it("is sent also in the moment after a thaw in which there is nothing yet to remind of", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      while ((await switchOf(owner, b)).lastCall !== "accepted") await silence(test, dayMs / 4);
      await silence(test, dayMs / 4);
      await freezeAll(test);
      await thawAll(test);
      await remindAll(test);
      test.mail.mails.length = 0;
      await test.keyholder.callOwners();
      expect([test.mail.mails.length, test.errors]).toEqual([1, []]);
    }));
});
