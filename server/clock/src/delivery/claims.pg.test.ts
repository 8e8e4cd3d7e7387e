import { newId } from "@afterkeep/bytes";
import { createMailer, type Mailer } from "@afterkeep/platform";
import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { type ClockWorld, owner, withClockWorld } from "../testing/a-clock-world.ts";

const b = newId(9);
const hour = 3_600_000;

async function aReminder(world: ClockWorld): Promise<void> {
  const remindersDue = [{ phase: "reminding" as const, index: 0 }];
  world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue });
  await world.aClock().readFeed();
}

/** Meanwhile something else happens: after the mail was taken up, before the mail server has it. */
function aMailerThatWaitsFor(world: ClockWorld, meanwhile: () => Promise<void>): Mailer {
  const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
  return {
    close: () => real.close(),
    sendMail: async (mail) => {
      await meanwhile();
      return real.sendMail(mail);
    },
  };
}

/** A machine whose wall clock is ahead of the world's by so much. */
function aWallAheadBy(world: ClockWorld, ms: number) {
  return aManualClock(world.time.nowMs() + ms);
}

describe("a claim", () => {
  it.each([
    ["an hour ahead", hour],
    ["an hour behind", -hour],
    ["in another year", 14 * 365 * 24 * hour],
  ])("is not taken for lapsed by a machine whose clock is %s", (_, apartMs) =>
    withClockWorld(async (world) => {
      await aReminder(world);
      const other = world.aClock({ realClock: aWallAheadBy(world, apartMs) });
      const claimed: number[] = [];
      const mailer = aMailerThatWaitsFor(world, async () => void claimed.push(await other.deliver()));
      await world.aClock({ mailer }).deliver();
      expect(claimed).toEqual([0]);
      expect(world.smtp.taken.map(({ to }) => to)).toEqual([owner.email]);
    }),
  );

  it("that a fast clock made and did not live to keep is another's once its time has passed, not an hour later", () =>
    withClockWorld(async (world) => {
      await aReminder(world);
      const mailer = aMailerThatWaitsFor(world, async () => Promise.reject(new Error("the process ends here")));
      await world.aClock({ mailer, realClock: aWallAheadBy(world, hour / 2) }).deliver();
      const other = world.aClock();
      expect(await other.deliver()).toBe(0);
      await world.lapseClaims();
      expect(await other.deliver()).toBe(1);
      expect(world.smtp.taken).toHaveLength(1);
    }));

  it("holds no mail for ever that the database's own clock, put right since, said would end in another year", () =>
    withClockWorld(async (world) => {
      await aReminder(world);
      const { rowCount } = await world.database
        .pool("superuser")
        .query("update outbox set claimed_until = clock_timestamp() + interval '14 years'");
      expect(rowCount).toBe(1);
      expect(await world.aClock().deliver()).toBe(1);
      expect(world.smtp.taken).toHaveLength(1);
    }));
});

describe("what a claim costs", () => {
  it("does not grow with the letters that wait behind others, nor does a letter that is waited for come after them", () =>
    withClockWorld(async (world) => {
      const client = await world.database.pool("superuser").connect();
      try {
        await client.query("set session_replication_role = replica");
        await client.query(`insert into outbox (id, tenant, key, kind, next_attempt_at, created_at)
          select gen_random_uuid(), gen_random_uuid(), n::text, case when n % 10000 = 0 then 'reminder' else 'held' end, to_timestamp(n), n
          from generate_series(1, 50000) n`);
        await client.query("analyze outbox");
        const { rows: found } = await client.query(
          "select prosrc as source from pg_proc where proname = 'outbox_claim'",
        );
        const names = ["lease_ms", "batch"];
        const body = names.reduce(
          (text, name, place) => text.replaceAll(new RegExp(String.raw`\b${name}\b`, "g"), `$${place + 1}`),
          String(found[0]?.source),
        );
        // Why generic: a function's plan does not know what it will be called with.
        await client.query("set plan_cache_mode = force_generic_plan");
        await client.query(`prepare claim(bigint, integer) as ${body}`);
        const { rows: plan } = await client.query("explain (analyze, format json) execute claim(90000, 10)");
        const scans = JSON.stringify(plan);
        for (const index of ["outbox_due", "outbox_due_held", "outbox_pkey"])
          expect(scans).toContain(`"Index Name":"${index}"`);
        for (const dear of ["Seq Scan", '"Sort"', "Bitmap"]) expect(scans).not.toContain(dear);
        const { rows: claimed } = await client.query(
          "select kind, count(*)::int from outbox where attempts = 1 group by kind order by kind",
        );
        expect(claimed).toEqual([
          { kind: "held", count: 5 },
          { kind: "reminder", count: 5 },
        ]);
      } finally {
        client.release(true);
      }
    }));
});
