import { createMailer, enqueueMail, inTenant, mailTimes } from "@afterkeep/platform";
import { aSlowMailServer } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import type { ClockTables } from "../clock-tables.ts";
import { type ClockWorld, owner, recipientEmail, type TestClock, withClockWorld } from "../testing/a-clock-world.ts";
import { aGrant, stateOf, subjectsTo } from "../testing/a-grant.ts";

const day = 86_400_000;
/** Real ms. */
const turnMs = 200;

async function anInvitation(world: ClockWorld, clock: TestClock, key: string, to = owner.email): Promise<void> {
  const { db, keys } = clock.parts;
  const dek = await keys.dekOf(world.account, "wrapped");
  const content = { kind: "invitation", ownerName: owner.name, token: "A".repeat(43) } as const;
  const mail = { tenant: world.account, key, to, content, recipient: world.recipient, dek, nowMs: world.time.nowMs() };
  await inTenant<ClockTables, unknown>(db, { tenant: world.account, actor: null }, (trx) => enqueueMail(trx, mail));
}

/** It has what goes to the recipient, and does not say so before it is told to. */
function isSlowForRecipient(world: ClockWorld): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.smtp.beforeYes = async (to) => (to === recipientEmail ? promise : undefined);
  return resolve;
}

/** Why polled: a turn may be over before those that nothing keeps waiting are through. */
const becomes = (world: ClockWorld, states: Record<string, string>) =>
  expect.poll(() => stateOf(world), { timeout: 10_000 }).toMatchObject(states);

describe("a mail server that takes minutes before it says yes", () => {
  it("is heard, so that its reader gets one copy, and keeps no other mail waiting", () =>
    withClockWorld(async (world) => {
      await aGrant(world);
      const sayYes = isSlowForRecipient(world);
      const [clock, other] = [world.aClock({ turnMs }), world.aClock({ turnMs })];
      expect(await clock.deliver()).toBe(2);
      await becomes(world, { release: "queued", "release-begun": "accepted" });
      await anInvitation(world, clock, "invite:1");
      expect([await clock.deliver(), await other.deliver()]).toEqual([1, 0]);
      await becomes(world, { release: "queued", invitation: "accepted" });
      sayYes();
      await clock.sent();
      expect(await stateOf(world)).toMatchObject({ release: "accepted" });
      world.time.advance(day);
      expect([await clock.deliver(), await other.deliver()]).toEqual([0, 0]);
      expect(subjectsTo(world, recipientEmail)).toHaveLength(1);
    }));

  it("keeps its mail claimed for as long as it may take, and longer", () =>
    withClockWorld(async (world) => {
      await aGrant(world);
      const sayYes = isSlowForRecipient(world);
      const clock = world.aClock({ turnMs });
      await clock.deliver();
      const { rows } = await world.database
        .pool("superuser")
        .query(
          "select extract(epoch from claimed_until - clock_timestamp()) * 1000 as left from outbox where kind = 'release'",
        );
      expect(Number(rows[0].left)).toBeGreaterThan(mailTimes.wholeMs + 60_000);
      sayYes();
      await clock.sent();
    }));

  it("has no more than forty sessions at once with a clock", () =>
    withClockWorld(async (world) => {
      const sayYes = isSlowForRecipient(world);
      const clock = world.aClock({ turnMs });
      for (let n = 0; n < 45; n++) await anInvitation(world, clock, `invite:${n}`, recipientEmail);
      const claimed: number[] = [];
      for (let n = 0; n < 6; n++) claimed.push(await clock.deliver());
      expect(claimed).toEqual([10, 10, 10, 10, 0, 0]);
      sayYes();
      await clock.sent();
      expect(await clock.deliver()).toBe(5);
    }));
});

describe("a mail server that says something now and then, and never yes,", () => {
  it("is given up in the end, and what it has is followed by the word that the owner is back", () =>
    withClockWorld(async (world) => {
      const server = await aSlowMailServer("dot", { afterMs: 20_000, dripEveryMs: 50 });
      try {
        const times = { greetingMs: 5000, silenceMs: 5000, wholeMs: 500 };
        const mailer = createMailer({ smtpUrl: server.smtpUrl, from: "afterkeep@localhost", times });
        const { takeBack } = await aGrant(world);
        await world.aClock({ mailer }).deliver();
        expect(await stateOf(world)).toMatchObject({ release: "queued", "release-begun": "queued" });
        await expect.poll(() => server.sessions.size).toBe(0);
        await takeBack();
        expect(await stateOf(world)).toMatchObject({ release: "cancelled", withdrawn: "queued" });
      } finally {
        await server.close();
      }
    }));
});
