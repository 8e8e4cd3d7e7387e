import { createMailer, type Mailer } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, owner, passDays, recipientEmail, withClockWorld } from "../testing/a-clock-world.ts";
import { aGrant, stateOf, subjectsTo } from "../testing/a-grant.ts";

const day = 86_400_000;

/** Meanwhile something else happens: after the recipient's mail was taken up, before the mail server has it. */
function aMailerThatWaitsFor(world: ClockWorld, meanwhile: () => Promise<unknown>): Mailer {
  const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
  const sendMail: Mailer["sendMail"] = async (mail) => {
    if (mail.to === recipientEmail) await meanwhile();
    return real.sendMail(mail);
  };
  return { sendMail, close: () => real.close() };
}

describe("a notice that a mail server had without saying so", () => {
  it.each(["given up", "refused later", "given up at the first try that nobody answered"])(
    "and that was %s, is followed by the word that the owner is back",
    (how) =>
      withClockWorld(async (world) => {
        const superuser = world.database.pool("superuser");
        const { takeBack } = await aGrant(world);
        const clock = world.aClock({ patienceMs: 500 });
        world.smtp.manner = how === "given up at the first try that nobody answered" ? "later" : "drop";
        await clock.deliver();
        if (how !== "refused later") {
          await superuser.query("update outbox set attempts = 99");
          await passDays(world, 6);
        }
        world.smtp.manner = how === "refused later" ? "refuse" : "drop";
        world.time.advance(day);
        await clock.deliver();
        expect(await stateOf(world)).toMatchObject({ release: "refused" });
        world.smtp.manner = "take";
        await takeBack();
        world.time.advance(day);
        await clock.deliver();
        expect(subjectsTo(world, recipientEmail)).toContain(`${owner.name} is back`);
      }),
  );

  it.each(["refuse", "later"] as const)("is followed by nothing where it always said otherwise: %s", (manner) =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      const clock = world.aClock();
      world.smtp.manner = manner;
      await clock.deliver();
      if (manner === "later") {
        await world.database.pool("superuser").query("update outbox set attempts = 99");
        await passDays(world, 6);
        await clock.deliver();
      }
      expect(await stateOf(world)).toMatchObject({ release: "refused" });
      await takeBack();
      expect(await stateOf(world)).not.toHaveProperty("withdrawn");
    }),
  );

  it("is followed, too, where it is under way while the try of a clock that lost its claim is refused", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      const [isClaimed, isUnderWay] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const slow = world.aClock({
        mailer: aMailerThatWaitsFor(world, async () => {
          isClaimed.resolve();
          await isUnderWay.promise;
          world.smtp.manner = "refuse";
        }),
      });
      const refused = slow.deliver();
      await isClaimed.promise;
      await world.lapseClaims();
      const second = world.aClock({
        mailer: aMailerThatWaitsFor(world, async () => {
          isUnderWay.resolve();
          await refused;
          world.smtp.manner = "take";
        }),
      });
      await second.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "refused" });
      await takeBack();
      expect(await stateOf(world)).toMatchObject({ withdrawn: "queued" });
    }));

  it("is followed, too, where it is under way while a clock that lost its claim writes that its try failed", () =>
    withClockWorld(async (world) => {
      const { sayWithdrawn } = await aGrant(world);
      const [isClaimed, isUnderWay] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const slow = world.aClock({
        mailer: aMailerThatWaitsFor(world, async () => {
          isClaimed.resolve();
          await isUnderWay.promise;
          world.smtp.manner = "later";
        }),
      });
      const failed = slow.deliver();
      await isClaimed.promise;
      await world.lapseClaims();
      const second = world.aClock({
        mailer: aMailerThatWaitsFor(world, async () => {
          isUnderWay.resolve();
          await failed;
          world.smtp.manner = "take";
          sayWithdrawn();
          await world.aClock().readFeed();
        }),
      });
      await second.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "accepted", withdrawn: "queued" });
    }));
});
