import { createMailer, DependencyError, type Mailer } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, passDays, recipientEmail, withClockWorld } from "../testing/a-clock-world.ts";
import { aGrant, stateOf, subjectsTo } from "../testing/a-grant.ts";

/** The notice of a share is all that waits. */
async function aNotice(world: ClockWorld) {
  const grant = await aGrant(world);
  await world.database.pool("superuser").query("delete from outbox where kind = 'release-begun'");
  return grant;
}

/** Stands still before it looks at the letter that it claimed, or, having heard that the keyholder is away, before it writes that it is put off. */
function aClockThatStandsStill(world: ClockWorld, before: "looking" | "putting off") {
  const clock = world.aClock();
  const { keyholder, db } = clock.parts;
  const [standsStill, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isNext = before === "looking";
  const switches: typeof keyholder.switches = async (asked) => {
    if (before === "looking") return keyholder.switches(asked);
    isNext = true;
    throw new DependencyError("zone-unavailable", "away");
  };
  const transaction = () => {
    const begun = db.transaction();
    const execute: typeof begun.execute = async (work) => {
      if (isNext) standsStill.resolve();
      if (isNext) await goesOn.promise;
      return begun.execute(work);
    };
    return { execute };
  };
  const proxy = new Proxy(db, {
    get: (of, name) => {
      const value: unknown = name === "transaction" ? transaction : Reflect.get(of, name, of);
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
  Object.assign(clock.parts, { keyholder: { ...keyholder, switches }, db: proxy });
  return { clock, standsStill: standsStill.promise, goOn: goesOn.resolve };
}

function aMailerThatWaitsFor(world: ClockWorld, meanwhile: () => Promise<unknown>): Mailer {
  const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
  const sendMail: Mailer["sendMail"] = async (mail) => {
    if (mail.to === recipientEmail) await meanwhile();
    return real.sendMail(mail);
  };
  return { sendMail, close: () => real.close() };
}

describe("a process that stood still until its claim had lapsed", () => {
  it("ends no claim that another made since by putting the letter off, which would hide that it may be leaving", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aNotice(world);
      const { clock, standsStill, goOn } = aClockThatStandsStill(world, "putting off");
      const puttingOff = clock.deliver();
      await standsStill;
      await world.lapseClaims();
      const meanwhile = async () => {
        goOn();
        await puttingOff;
        await takeBack();
      };
      await world.aClock({ mailer: aMailerThatWaitsFor(world, meanwhile) }).deliver();
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
      expect(await stateOf(world)).toMatchObject({ release: "accepted", withdrawn: "queued" });
    }));

  it("sends nothing that another has claimed since", () =>
    withClockWorld(async (world) => {
      await aNotice(world);
      const { clock, standsStill, goOn } = aClockThatStandsStill(world, "looking");
      const sending = clock.deliver();
      await standsStill;
      await world.lapseClaims();
      const meanwhile = async () => {
        goOn();
        await sending;
      };
      await world.aClock({ mailer: aMailerThatWaitsFor(world, meanwhile) }).deliver();
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
      expect(await stateOf(world)).toMatchObject({ release: "accepted" });
    }));

  it("ends none by its own try either, where the letter was put off, given up and written anew meanwhile", () =>
    withClockWorld(async (world) => {
      const { say, takeBack } = await aNotice(world);
      const [isSending, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const slowly = async () => {
        isSending.resolve();
        await goesOn.promise;
        world.smtp.manner = "later";
      };
      const failing = world.aClock({ mailer: aMailerThatWaitsFor(world, slowly) }).deliver();
      await isSending.promise;
      await world.lapseClaims();
      say("waiting");
      await world.database.pool("superuser").query("update outbox set attempts = 99");
      await passDays(world, 6);
      await world.aClock().deliver();
      expect(await stateOf(world)).toMatchObject({ release: "cancelled" });
      say("granted");
      await world.aClock().readFeed();
      await world.lapseClaims();
      const meanwhile = async () => {
        goesOn.resolve();
        await failing;
        world.smtp.manner = "take";
        await takeBack();
      };
      await world.aClock({ mailer: aMailerThatWaitsFor(world, meanwhile) }).deliver();
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
      expect(await stateOf(world)).toMatchObject({ release: "accepted", withdrawn: "queued" });
    }));

  it("keeps from its reader, by its own refusal, no word that the owner is back, where another's try leaves meanwhile", () =>
    withClockWorld(async (world) => {
      const { takeBack } = await aNotice(world);
      const [isSending, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const slowly = async () => {
        isSending.resolve();
        await goesOn.promise;
        world.smtp.manner = "refuse";
      };
      const refused = world.aClock({ mailer: aMailerThatWaitsFor(world, slowly) }).deliver();
      await isSending.promise;
      await world.lapseClaims();
      const meanwhile = async () => {
        await takeBack();
        goesOn.resolve();
        await refused;
        world.smtp.manner = "take";
      };
      await world.aClock({ mailer: aMailerThatWaitsFor(world, meanwhile) }).deliver();
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
      expect(await stateOf(world)).toMatchObject({ release: "refused", withdrawn: "queued" });
    }));
});
