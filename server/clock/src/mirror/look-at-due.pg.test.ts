import { newId } from "@afterkeep/bytes";
import { inTenants, pgId } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { claimSwitches } from "../storage/switch-states.ts";
import { type ClockWorld, withClockWorld } from "../testing/a-clock-world.ts";

const due = [{ phase: "reminding", index: 0 }] as const;
const dayMs = 86_400_000;
const rows = async (world: ClockWorld, sql: string) => (await world.database.pool("superuser").query(sql)).rows;
const states = (world: ClockWorld) =>
  rows(world, "select state, count(*) as n from switch_state group by 1 order by 1");
const leaves = async (world: ClockWorld) =>
  (
    await rows(world, "select convert_from(leaf, 'utf8')::json -> 'fields' ->> 'to' as to from audit_leaf order by id")
  ).map(({ to }) => to);

/** Armed switches that the mirror knows, due now by the timer alone: the feed says nothing of what they have become. */
async function manyDue(world: ClockWorld, count: number): Promise<void> {
  const bequests = Array.from({ length: count }, () => newId(9));
  for (const b of bequests) world.keyholder.say({ account: world.account, b, state: "armed" });
  await world.aClock().readFeed();
  const change = { state: "reminding" as const, remindersDue: [...due] };
  world.keyholder.switches = world.keyholder.switches.map((item) => ({ ...item, ...change }));
  await world.database.pool("superuser").query("update switch_state set look_at = 0");
}

describe("the timer", () => {
  it("brings what the feed never told of, and asks about nothing but what is due", () =>
    withClockWorld(async (world) => {
      await manyDue(world, 3);
      await world.database
        .pool("superuser")
        .query(
          `update switch_state set look_at = ${world.time.nowMs() + 30 * dayMs} where b = (select b from switch_state limit 1)`,
        );
      await world.aClock().readFeed();
      expect(await states(world)).toEqual([{ state: "armed", n: 1 }, { state: "reminding", n: 2 }]); // prettier-ignore
    }));

  it("looks when a change is expected, a little after the keyholder would have told of it", () =>
    withClockWorld(async (world) => {
      const b = newId(9);
      const wakeWallMs = world.time.nowMs() + 15 * dayMs;
      world.keyholder.say({ account: world.account, b, state: "armed", wakeWallMs });
      const clock = world.aClock();
      await clock.readFeed();
      world.keyholder.switches = world.keyholder.switches.map((item) => ({ ...item, state: "reminding" }));
      world.time.advance(15 * dayMs);
      await clock.readFeed();
      expect(await states(world)).toEqual([{ state: "armed", n: 1 }]);
      world.time.advance(120_000);
      await clock.readFeed();
      expect(await states(world)).toEqual([{ state: "reminding", n: 1 }]);
    }));

  it("comes to an end where a hold outlasts what a look may be away", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: world.account, b: newId(9), state: "held", waitsFor: "hold", wakeWallMs: world.time.nowMs() + 546 * dayMs }); // prettier-ignore
      const clock = world.aClock();
      await clock.readFeed();
      await world.database.pool("superuser").query("update switch_state set look_at = 0, state = 'armed'");
      await clock.readFeed();
      expect(await states(world)).toEqual([{ state: "held", n: 1 }]);
      const { db } = world.aClock().parts;
      expect(await db.transaction().execute((trx) => claimSwitches(trx, world.time.nowMs(), 10))).toEqual([]);
    }));

  it.each([
    { name: "put right, from years behind", leapMs: 2_880 * dayMs },
    { name: "put right, from a year ahead", leapMs: -365 * dayMs },
  ])("comes to an end where the wall clock is $name, while it looks", ({ leapMs }) =>
    withClockWorld(async (world) => {
      await manyDue(world, 3);
      let asked = 0;
      world.keyholder.beforeAnswer = async (method) => {
        if (method !== "switches") return;
        // The first is of the feed.
        if (++asked === 2) world.time.advance(leapMs);
        if (asked > 20) throw new Error("it is asked without end");
      };
      await world.aClock().readFeed();
      expect(await states(world)).toEqual([{ state: "reminding", n: 3 }]);
      // Once more by the other lane, where it came to its claim after the first had written.
      expect(asked).toBeLessThanOrEqual(3);
      asked = 0;
      await world.aClock().readFeed();
      expect(asked).toBe(1);
    }),
  );

  it("never looks at a switch in which nothing runs", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: world.account, b: newId(9), state: "disarmed" });
      await world.aClock().readFeed();
      expect(await rows(world, "select look_at from switch_state")).toEqual([{ look_at: null }]);
    }));

  it("looks again tomorrow at what the keyholder does not know", () =>
    withClockWorld(async (world) => {
      await manyDue(world, 1);
      world.keyholder.switches = [];
      await world.aClock().readFeed();
      expect(await rows(world, "select state, look_at from switch_state")).toEqual([
        { state: "armed", look_at: world.time.nowMs() + dayMs },
      ]);
    }));
});

describe("two clocks at once", () => {
  it("claim disjoint switches, and neither waits for the other", () =>
    withClockWorld(async (world) => {
      await manyDue(world, 30);
      const [one, other] = [world.aClock().parts.db, world.aClock().parts.db];
      const now = world.time.nowMs();
      await one.transaction().execute(async (first) => {
        const claimed = await claimSwitches(first, now, 20);
        const rest = await other.transaction().execute((second) => claimSwitches(second, now, 20));
        expect(claimed).toHaveLength(20);
        expect(rest).toHaveLength(10);
        expect(new Set([...claimed, ...rest].map(({ b }) => b)).size).toBe(30);
      });
    }));

  it("advance each switch once, however late, often and parallel they run", () =>
    withClockWorld(async (world) => {
      await manyDue(world, 50);
      const clocks = [world.aClock(), world.aClock(), world.aClock()];
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      await world.database.pool("superuser").query("update switch_state set look_at = 0");
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      await world.database.pool("superuser").query("delete from clock_cursor");
      for (const clock of clocks) await clock.readFeed();
      expect(await states(world)).toEqual([{ state: "reminding", n: 50 }]);
      const told = await leaves(world);
      expect(told.filter((to) => to === "armed")).toHaveLength(50);
      expect(told.filter((to) => to === "reminding")).toHaveLength(50);
      expect(told).toHaveLength(100);
      expect(await rows(world, "select attempt, count(*) as n from reminder group by 1")).toEqual([{ attempt: 1, n: 50 }]); // prettier-ignore
    }));
});

describe("a clock that dies", () => {
  it("between its claim and its commit loses nothing and keeps nothing", () =>
    withClockWorld(async (world) => {
      await manyDue(world, 40);
      const superuser = world.database.pool("superuser");
      let killed = 0;
      world.keyholder.beforeAnswer = async (method) => {
        if (method !== "switches" || killed > 0) return;
        // Its connections are gone, as when the process is killed.
        const others = "datname = current_database() and usename = 'ak_clock' and state = 'idle in transaction'";
        const { rowCount } = await superuser.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`,
        );
        killed = rowCount ?? 0;
      };
      const dying = world.aClock();
      await dying.readFeed().catch(() => {});
      if (killed === 0) await dying.readFeed().catch(() => {});
      expect(killed).toBeGreaterThan(0);
      await world.aClock().readFeed();
      expect(await states(world)).toEqual([{ state: "reminding", n: 40 }]);
      expect((await leaves(world)).filter((to) => to === "reminding")).toHaveLength(40);
    }));
});

describe("one switch that fails", () => {
  it.each(["news", "timer", "timer, of another copy of the store"] as const)(
    "keeps no other waiting, and is looked at again (%s)",
    (way) =>
      withClockWorld(async (world) => {
        await manyDue(world, 20);
        const superuser = world.database.pool("superuser");
        const [broken] = world.keyholder.switches;
        await superuser.query(`create function refuse() returns trigger language plpgsql as $$
        begin if new.b = '${pgId(broken?.b ?? "")}' then raise exception 'broken'; end if; return new; end $$`);
        await superuser.query("create trigger refuse before insert on reminder for each row execute function refuse()");
        if (way === "news") {
          await superuser.query("update switch_state set look_at = null");
          for (const { account, b } of world.keyholder.switches) world.keyholder.say({ account, b });
        }
        if (way.endsWith("store")) await superuser.query("update switch_state set revision = revision + 1000");
        const clock = world.aClock();
        await clock.readFeed();
        expect(await states(world)).toEqual([{ state: "armed", n: 1 }, { state: "reminding", n: 19 }]); // prettier-ignore
        expect(world.log).toContainEqual(expect.objectContaining({ event: "reconcile-failed" }));
        await superuser.query("drop trigger refuse on reminder");
        await clock.readFeed();
        expect(await states(world)).toEqual([{ state: "armed", n: 1 }, { state: "reminding", n: 19 }]); // prettier-ignore
        world.time.advance(600_000);
        await clock.readFeed();
        expect(await states(world)).toEqual([{ state: "reminding", n: 20 }]);
      }),
  );
});

describe("a wall clock that stood in another year", () => {
  it.each([14, 1])("leaves no switch unlooked at until that year, and no owner unreminded: %d years ahead", (years) =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const remindersDue = [{ phase: "reminding" as const, index: 0 }];
      world.keyholder.say({ account: world.account, b: newId(60), state: "reminding", remindersDue });
      world.smtp.manner = "refuse";
      world.time.jumpWall(years * 365 * 86_400_000);
      await clock.readFeed();
      await clock.deliver();
      expect((await world.outbox()).map(({ state }) => state)).toEqual(["refused"]);
      world.time.jumpWall(-years * 365 * 86_400_000);
      world.smtp.manner = "take";
      await clock.readFeed();
      await clock.deliver();
      expect((await world.outbox()).map(({ state }) => state).sort()).toEqual(["accepted", "refused"]);
      const [{ ahead }] = await rows(world, `select max(look_at) - ${world.time.nowMs()} as ahead from switch_state`);
      expect(Number(ahead)).toBeLessThan(35 * 86_400_000);
    }),
  );
});

describe("what a scan costs", () => {
  it("follows what is due and not what is armed: the partial index alone is read", () =>
    withClockWorld(async (world) => {
      const superuser = world.database.pool("superuser");
      const client = await superuser.connect();
      try {
        await client.query("set session_replication_role = replica");
        await client.query(`insert into switch_state
          select gen_random_uuid(), gen_random_uuid(), 1, 1, n, 'armed', sha256(int8send(n)), sha256(int8send(n)), 0,
            case when n % 1000 = 0 then 5 when n % 2 = 0 then 9e15 end from generate_series(1, 20000) n`);
        await client.query("analyze switch_state");
        const claim = `select due.tenant, due.b from switch_state due where due.look_at <= 10 order by due.look_at limit 500 for update skip locked`;
        const { rows: plan } = await client.query(`explain (analyze, format json) ${claim}`);
        const scan = JSON.stringify(plan);
        expect(scan).toContain('"Index Name":"switch_state_due"');
        expect(scan).not.toContain("Seq Scan");
        expect(/"Node Type":"Index Scan".*?"Actual Rows":(\d+)/.exec(scan)?.[1]).toBe("20");
        expect(scan).not.toContain("Rows Removed by Filter");
      } finally {
        client.release(true);
      }
      const [{ source }] = await rows(world, "select prosrc as source from pg_proc where proname = 'claim_switches'");
      for (const clause of ["due.look_at <= now_ms", "order by due.look_at", "for update skip locked"])
        expect(source).toContain(clause);
    }));
});

describe("a transaction for several accounts", () => {
  it("sees and writes those accounts alone", () =>
    withClockWorld(async (world) => {
      const [ours, theirs] = [newId(70), newId(71)];
      const superuser = world.database.pool("superuser");
      for (const tenant of [ours, theirs]) {
        await superuser.query(
          `insert into account (id, dek, email, email_index, name, opaque_record, totp_secret, totp_last_step, keyring_version, keyring, created_at)
           values ($1, '', '', $2, '', '', '', 0, 0, '', 0)`,
          [pgId(tenant), Buffer.from(tenant)],
        );
        await superuser.query("insert into switch_state values ($1, $1, 1, 1, 1, 'armed', $2, $2, 0, 0)", [
          pgId(tenant),
          Buffer.alloc(32),
        ]);
      }
      const { db } = world.aClock().parts;
      const seen = await inTenants(db, [ours, world.account], (trx) => trx.selectFrom("switch_state").select("tenant").execute()); // prettier-ignore
      expect(seen).toEqual([{ tenant: ours }]);
      const changed = await inTenants(db, [ours, world.account], (trx) =>
        trx.updateTable("switch_state").set({ g: 9 }).executeTakeFirst(),
      );
      expect(changed.numUpdatedRows).toBe(1n);
      const leaf = { tenant: pgId(theirs), at: 0, leaf: Buffer.of(1) };
      const foreign = inTenants(db, [ours], (trx) => trx.insertInto("audit_leaf").values(leaf).execute());
      await expect(foreign).rejects.toThrow(/row-level security/);
      const after = await db.selectFrom("switch_state").select("tenant").execute();
      expect(after).toEqual([]);
    }));
});
