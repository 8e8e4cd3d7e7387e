import { newId } from "@afterkeep/bytes";
import { createMailer, DependencyError, enqueueMail, inTenant } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import type { ClockTables } from "../clock-tables.ts";
import {
  type ClockWorld,
  owner,
  passDays,
  recipientEmail,
  type TestClock,
  withClockWorld,
} from "../testing/a-clock-world.ts";
import { aGrant } from "../testing/a-grant.ts";
import type { MailManner } from "../testing/a-mail-server.ts";

const b = newId(9);
const minute = 60_000;

/** A reminder that is due, read from the feed and waiting in the outbox. */
async function aReminder(world: ClockWorld, clock: TestClock) {
  const remindersDue = [{ phase: "reminding" as const, index: 0 }];
  const said = world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue });
  await clock.readFeed();
  return said;
}

/** An invitation as the api writes it. */
async function anInvitation(world: ClockWorld, clock: TestClock): Promise<void> {
  const { db, keys } = clock.parts;
  const dek = await keys.dekOf(world.account, "wrapped");
  const content = { kind: "invitation", ownerName: owner.name, token: "A".repeat(43) } as const;
  const mail = { tenant: world.account, key: "invite:1", to: recipientEmail, content, recipient: world.recipient, dek };
  await inTenant<ClockTables, unknown>(db, { tenant: world.account, actor: null }, (trx) =>
    enqueueMail(trx, { ...mail, nowMs: world.time.nowMs() }),
  );
}

const linkOf = (mail: { raw: string } | undefined) =>
  /checkin#[\w-]+/.exec(mail?.raw.replaceAll("=\r\n", "") ?? "")?.[0];
const reminderRow = async (world: ClockWorld) =>
  (await world.database.pool("superuser").query("select accepted_at is not null as accepted, noted_at is not null as noted from reminder")).rows[0]; // prettier-ignore
const stateOf = async (world: ClockWorld) => (await world.outbox()).map(({ state }) => state);
const bouncedOf = async (world: ClockWorld) =>
  (await world.database.pool("superuser").query("select bounced from recipient")).rows[0].bounced;

/** Why short only for a server that never answers: another one may be slow, and what it says is the test's subject. */
const patienceWith = (manner: MailManner) => (manner === "hang" ? { patienceMs: 500 } : {});

/** Until the answer is called. */
function aKeyholderThatMintsNothing(world: ClockWorld): () => void {
  world.keyholder.beforeAnswer = async (method) => {
    if (method === "mintToken") throw new Error("away");
  };
  return () => void (world.keyholder.beforeAnswer = async () => {});
}

describe("delivery", () => {
  it("hands a mail over, erases it here, and only then tells the keyholder", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const said = await aReminder(world, clock);
      expect(await clock.note()).toBe(0);
      await clock.deliver();
      expect(world.smtp.taken.map(({ to }) => to)).toEqual([owner.email]);
      expect((await world.outbox())[0]).toMatchObject({ state: "accepted", sealed: null });
      expect(await reminderRow(world)).toEqual({ accepted: true, noted: false });
      await clock.note();
      await clock.note();
      const { account, lastSign } = said;
      expect(world.keyholder.noted).toEqual([{ account, b, lastSign, phase: "reminding", index: 0 }]);
      expect(await reminderRow(world)).toEqual({ accepted: true, noted: true });
    }));

  it.each(["refuse", "later", "drop", "hang"] as const)(
    "never calls a reminder accepted when the server's manner is: %s",
    (manner) =>
      withClockWorld(async (world) => {
        const clock = world.aClock(patienceWith(manner));
        await aReminder(world, clock);
        world.smtp.manner = manner;
        await clock.deliver();
        await clock.note();
        expect(await reminderRow(world)).toEqual({ accepted: false, noted: false });
        expect(world.keyholder.noted).toEqual([]);
        expect(await stateOf(world)).toEqual([manner === "refuse" ? "refused" : "queued"]);
      }),
  );

  it.each(["later", "drop", "hang"] as const)(
    "tries again, later and later, until the server takes it (%s)",
    (manner) =>
      withClockWorld(async (world) => {
        const clock = world.aClock(patienceWith(manner));
        await aReminder(world, clock);
        world.smtp.manner = manner;
        await clock.deliver();
        expect(await clock.deliver()).toBe(0);
        world.time.advance(2000);
        expect(await clock.deliver()).toBe(1);
        world.time.advance(2000);
        expect(await clock.deliver()).toBe(0);
        world.time.advance(2000);
        world.smtp.manner = "take";
        await world.aClock().deliver();
        expect(await stateOf(world)).toEqual(["accepted"]);
        expect((await world.outbox())[0]?.attempts).toBe(3);
      }),
  );

  it("needs no key and no token before it leaves, and gets them once both zones are there", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const comeBack = aKeyholderThatMintsNothing(world);
      await aReminder(world, clock);
      expect((await world.outbox())[0]).toMatchObject({ state: "queued", sealed: null });
      await clock.deliver();
      expect(world.smtp.taken).toEqual([]);
      comeBack();
      await world.lapseClaims();
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["accepted"]);
    }));

  it("mints one link however slow the keyholder is: whoever writes the mail holds it", () =>
    withClockWorld(async (world) => {
      const [slow, quick] = [world.aClock(), world.aClock()];
      await aReminder(world, slow);
      const claimed: number[] = [];
      world.keyholder.beforeAnswer = async (method) => {
        if (method !== "mintToken") return;
        claimed.push(await quick.deliver());
      };
      await slow.deliver();
      await world.lapseClaims();
      await quick.deliver();
      expect(claimed).toEqual([0]);
      expect(world.keyholder.minted).toHaveLength(1);
      expect(world.smtp.taken.map(linkOf)).toEqual([`checkin#${world.keyholder.minted[0]}`]);
    }));

  it.each([
    ["requested", "request"],
    ["lastCall", "request"],
    ["requested", "reminding"],
    ["requested", "gap"],
  ] as const)("sends in the state %s what a reminder of the phase %s says, with its date", (state, phase) =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state, remindersDue: [{ phase, index: 1 }] });
      await clock.readFeed();
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["accepted"]);
      const [mail] = world.smtp.taken;
      expect(mail?.raw).toContain(phase === "request" ? "Somebody asks" : "A reminder");
      expect(mail?.raw).not.toContain("1970");
      await clock.note();
      expect(world.keyholder.noted).toMatchObject([{ b, phase, index: 1 }]);
    }),
  );

  it("begins to count tries when a mail has its content: claims while the keyholder was away were none", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const comeBack = aKeyholderThatMintsNothing(world);
      await aReminder(world, clock);
      await clock.deliver();
      await world.database.pool("superuser").query("update outbox set attempts = 4000");
      await world.lapseClaims();
      await passDays(world, 6);
      comeBack();
      world.smtp.manner = "later";
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["queued"]);
      world.time.advance(31 * minute);
      world.smtp.manner = "take";
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["accepted"]);
    }));

  it("counts no try while the keyholder was away either where a mail has its content", () =>
    withClockWorld(async (world) => {
      await aGrant(world);
      const clock = world.aClock();
      world.smtp.manner = "later";
      await clock.deliver();
      world.keyholder.beforeAnswer = async () => {
        throw new DependencyError("zone-unavailable", "away");
      };
      for (let n = 0; n < 5; n++) {
        world.time.advance(31 * minute);
        await clock.deliver();
      }
      expect(await world.outbox()).toContainEqual(expect.objectContaining({ kind: "release", attempts: 1 }));
      world.keyholder.beforeAnswer = async () => {};
      world.smtp.manner = "take";
      world.time.advance(31 * minute);
      await clock.deliver();
      expect(await world.outbox()).toContainEqual(
        expect.objectContaining({ kind: "release", attempts: 2, state: "accepted" }),
      );
    }));

  it("gives a mail up after five days of trying, and then says so instead of trying for ever", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await anInvitation(world, clock);
      world.smtp.manner = "later";
      await clock.deliver();
      await world.database.pool("superuser").query("update outbox set attempts = 99");
      await passDays(world, 5);
      world.time.advance(-minute);
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["queued"]);
      world.time.advance(31 * minute);
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["refused"]);
      expect(await bouncedOf(world)).toBe(false);
    }));

  it("gives nothing up because a machine's clock says that it is another year", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await anInvitation(world, clock);
      world.smtp.manner = "later";
      await clock.deliver();
      await world.database.pool("superuser").query("update outbox set attempts = 99");
      world.time.jumpWall(14 * 365 * 86_400_000);
      world.time.advance(minute);
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["queued"]);
      world.time.jumpWall(-14 * 365 * 86_400_000);
      world.time.advance(31 * minute);
      world.smtp.manner = "take";
      await clock.deliver();
      expect(await stateOf(world)).toEqual(["accepted"]);
    }));

  it("gives nothing up because the database's clock says that it is another year", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await anInvitation(world, clock);
      world.smtp.manner = "later";
      await clock.deliver();
      const pool = world.database.pool("superuser");
      await pool.query("update outbox set attempts = 99, written_at = written_at - interval '14 years'");
      world.time.advance(minute);
      await clock.deliver();
      expect(await world.outbox()).toMatchObject([{ state: "queued", attempts: 100 }]);
    }));

  it("notes on the recipient that their address was refused for good, and not that it was refused for now", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await anInvitation(world, clock);
      world.smtp.manner = "later";
      await clock.deliver();
      expect(await bouncedOf(world)).toBe(false);
      world.smtp.manner = "refuse";
      world.time.advance(minute);
      await clock.deliver();
      expect(await bouncedOf(world)).toBe(true);
      expect((await world.outbox())[0]).toMatchObject({ state: "refused", sealed: null });
    }));

  it("sends one mail when two clocks deliver at once", () =>
    withClockWorld(async (world) => {
      const [one, two] = [world.aClock(), world.aClock()];
      await aReminder(world, one);
      await anInvitation(world, one);
      await Promise.all([one.deliver(), two.deliver(), one.deliver(), two.deliver()]);
      expect(world.smtp.taken.map(({ to }) => to).sort()).toEqual([owner.email, recipientEmail].sort());
      await Promise.all([one.note(), two.note()]);
      expect(await stateOf(world)).toEqual(["accepted", "accepted"]);
    }));

  it("sends the same mail again, not another one, after a crash between the server's yes and the commit", () =>
    withClockWorld(async (world) => {
      const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
      const crashing = world.aClock({
        mailer: {
          close: () => real.close(),
          sendMail: async (mail) => {
            await real.sendMail(mail);
            throw new Error("the process ends here");
          },
        },
      });
      await aReminder(world, crashing);
      await crashing.deliver();
      expect(await reminderRow(world)).toEqual({ accepted: false, noted: false });
      const restarted = world.aClock();
      expect(await restarted.deliver()).toBe(0);
      await world.lapseClaims();
      await restarted.deliver();
      const [first, second, ...more] = world.smtp.taken;
      expect(more).toEqual([]);
      expect(second?.messageId).toBe(first?.messageId);
      expect(linkOf(second)).toBe(linkOf(first));
      expect(world.keyholder.minted).toHaveLength(1);
      expect(first?.messageId).toMatch(/^[A-Za-z0-9_-]{22}@localhost$/);
      expect(await stateOf(world)).toEqual(["accepted"]);
    }));

  it("writes down once that a mail left, when a slow clock lost its claim and both clocks sent it", () =>
    withClockWorld(async (world) => {
      const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
      const quick = world.aClock();
      const slow = world.aClock({
        mailer: {
          close: () => real.close(),
          sendMail: async (mail) => {
            await world.lapseClaims();
            await quick.deliver();
            return real.sendMail(mail);
          },
        },
      });
      await aReminder(world, slow);
      await slow.deliver();
      expect(new Set(world.smtp.taken.map(({ messageId }) => messageId)).size).toBe(1);
      const { rows } = await world.database
        .pool("superuser")
        .query("select convert_from(leaf, 'utf8') as leaf from audit_leaf");
      expect(rows.filter(({ leaf }: { leaf: string }) => leaf.includes('"mail.accepted"'))).toHaveLength(1);
    }));

  it("goes on after a restart with what the database holds", () =>
    withClockWorld(async (world) => {
      await aReminder(world, world.aClock());
      const later = world.aClock();
      await later.deliver();
      await later.note();
      expect(world.keyholder.noted).toHaveLength(1);
    }));

  it("sends no reminder of a silence that has ended, even when it was written before", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await aReminder(world, clock);
      const lastSign = Buffer.alloc(32, 9).toString("base64url");
      world.keyholder.say({ account: world.account, b, state: "armed", lastSign, remindersDue: [] });
      await clock.readFeed();
      await clock.deliver();
      expect(world.smtp.taken).toEqual([]);
      expect(await stateOf(world)).toEqual(["cancelled"]);
    }));

  it("tells the keyholder later when it was away, and does not send the mail again for it", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await aReminder(world, clock);
      await clock.deliver();
      world.keyholder.beforeAnswer = async () => {
        throw new DependencyError("zone-unavailable", "away");
      };
      await expect(clock.note()).rejects.toThrow("zone-unavailable");
      expect(await reminderRow(world)).toEqual({ accepted: true, noted: false });
      world.keyholder.beforeAnswer = async () => {};
      await clock.note();
      expect(world.keyholder.noted).toHaveLength(1);
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("leaves alone a mail whose seal was broken in the database", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await anInvitation(world, clock);
      await world.database.pool("superuser").query("update outbox set sealed = set_byte(sealed, 20, 0)");
      await clock.deliver();
      expect(world.smtp.taken).toEqual([]);
      expect(world.log).toContainEqual(expect.objectContaining({ event: "delivery-failed" }));
    }));
});
