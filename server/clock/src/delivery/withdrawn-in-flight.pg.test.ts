import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { newId } from "@afterkeep/bytes";
import { createMailer, DependencyError, type Mailer } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, owner, recipientEmail, withClockWorld } from "../testing/a-clock-world.ts";
import { aGrant, stateOf, subjectsTo } from "../testing/a-grant.ts";

const day = 86_400_000;

/** What befalls a mail to the recipient after it was taken up: before the mail server has it, or after. */
function aMailerThat(world: ClockWorld, befalls: { before?: () => Promise<void>; after?: () => void }): Mailer {
  const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
  return {
    close: () => real.close(),
    sendMail: async (mail) => {
      if (mail.to !== recipientEmail) return real.sendMail(mail);
      await befalls.before?.();
      const sent = await real.sendMail(mail);
      befalls.after?.();
      return sent;
    },
  };
}

describe("a notice of a share that was taken back", () => {
  it("while it was on its way is followed by the word that the owner is back", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      await world.aClock({ mailer: aMailerThat(world, { before: takeBack }) }).deliver();
      expect(await stateOf(world)).toMatchObject({ release: "accepted", withdrawn: "queued" });
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([expect.any(String), `${owner.name} is back`]);
    }));

  it("is followed, too, when the sending clock died before it wrote that a mail server had it", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      const after = () => {
        throw new Error("the process ends here");
      };
      await world.aClock({ mailer: aMailerThat(world, { after }) }).deliver();
      await takeBack();
      await world.lapseClaims();
      await world.aClock().deliver();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled", withdrawn: "queued" });
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([expect.any(String), `${owner.name} is back`]);
    }));

  it.each(["drop", "hang"] as const)("is followed, too, when the mail server never said that it has it: %s", (manner) =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      world.smtp.manner = manner;
      await world.aClock({ patienceMs: 500 }).deliver();
      await takeBack();
      world.smtp.manner = "take";
      world.time.advance(day);
      await world.aClock().deliver();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled", withdrawn: "accepted" });
    }),
  );

  it("leaves no more, and tells of nothing, when no mail server took it before", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      world.smtp.manner = "later";
      await world.aClock().deliver();
      await takeBack();
      world.smtp.manner = "take";
      world.time.advance(day);
      await world.aClock().deliver();
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([]);
    }));

  it("leaves no more, and tells of nothing, when the keyholder was away at the try after", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      world.smtp.manner = "later";
      await world.aClock().deliver();
      world.smtp.manner = "take";
      world.time.advance(day);
      const clock = world.aClock();
      const away = () => Promise.reject(new DependencyError("zone-unavailable", "The keyholder is away."));
      Object.assign(clock.parts, { keyholder: { ...clock.parts.keyholder, switches: away } });
      expect(await clock.deliver()).toBeGreaterThan(0);
      await world.lapseClaims();
      await takeBack();
      world.time.advance(day);
      await world.aClock().deliver();
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([]);
      expect(await stateOf(world)).not.toHaveProperty("withdrawn");
    }));

  it("leaves no more, and tells of nothing, when what answered at the mail server's place never greeted", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      const silent = createServer((socket) => setTimeout(() => socket.destroy(), 20_000).unref()).listen(
        0,
        "127.0.0.1",
      );
      await once(silent, "listening");
      const { port } = silent.address() as AddressInfo;
      const times = { greetingMs: 500, silenceMs: 60_000, wholeMs: 60_000 };
      const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: "afterkeep@localhost", times });
      await world.aClock({ mailer }).deliver();
      silent.close();
      await takeBack();
      world.time.advance(day);
      await world.aClock().deliver();
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([]);
      expect(await stateOf(world)).not.toHaveProperty("withdrawn");
    }));

  it("does not leave when the keyholder says otherwise than what was heard of it last", () =>
    withClockWorld(async (world) => {
      const { sayWithdrawn } = await aGrant(world);
      sayWithdrawn();
      const clock = world.aClock();
      await clock.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled" });
      await clock.readFeed();
      world.time.advance(day);
      await clock.deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([]);
      expect(await stateOf(world)).not.toHaveProperty("withdrawn");
    }));

  it("waits in that case if it may have left before, and is followed once the return is heard of", () =>
    withClockWorld(async (world) => {
      const { sayWithdrawn } = await aGrant(world);
      world.smtp.manner = "drop";
      await world.aClock({ patienceMs: 500 }).deliver();
      world.smtp.manner = "take";
      sayWithdrawn();
      world.time.advance(day);
      const clock = world.aClock();
      await clock.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "queued" });
      await clock.readFeed();
      world.time.advance(day);
      await clock.deliver();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled", withdrawn: "accepted" });
    }));

  it("is not called back by a word that waited so long that they were told anew", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      await world.aClock().deliver();
      await takeBack();
      await aGrant(world, { decisionId: newId(6) });
      await world.aClock().deliver();
      world.time.advance(day);
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).not.toContain(`${owner.name} is back`);
      expect(await stateOf(world)).toMatchObject({ withdrawn: "cancelled" });
    }));

  it("is called back by a word that waited, once what they were to be told anew was taken back before it left", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const first = await aGrant(world);
      await clock.deliver();
      world.smtp.manner = "later";
      await first.takeBack();
      await clock.deliver();
      const second = await aGrant(world, { decisionId: newId(6) });
      world.time.advance(day);
      await clock.deliver();
      expect(await stateOf(world)).toMatchObject({ withdrawn: "queued" });
      await second.takeBack();
      world.smtp.manner = "take";
      world.time.advance(day);
      await clock.deliver();
      expect(subjectsTo(world, recipientEmail)).toEqual([expect.any(String), `${owner.name} is back`]);
    }));
});

describe("what was decided before, by a clock that stood in another year,", () => {
  it("does not pass for something newer: whoever is told of the next decision hears that the owner is back", () =>
    withClockWorld(async (world) => {
      const first = await aGrant(world, { decisionId: newId(6), decidedAt: Date.UTC(2040, 0, 1) });
      await first.fetch();
      const { takeBack } = await aGrant(world);
      await world.aClock().deliver();
      await takeBack();
      await world.aClock().deliver();
      expect(subjectsTo(world, recipientEmail)).toContain(`${owner.name} is back`);
    }));
});

describe("the owner's notice of a release that they have stopped", () => {
  it("does not leave any more", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aGrant(world);
      await takeBack();
      await world.aClock().deliver();
      expect(subjectsTo(world, owner.email)).toEqual([]);
      expect(await stateOf(world)).toMatchObject({ "release-begun": "cancelled" });
    }));
});
