import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@afterkeep/bytes";
import { generateSigningKey, sign } from "@afterkeep/crypto";
import { DependencyError, pgId } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type ClockWorld, withClockWorld } from "../testing/a-clock-world.ts";
import { aRelease, aWithdrawal } from "../testing/a-scripted-keyholder.ts";

const b = newId(9);
const due = [{ phase: "reminding", index: 0 }] as const;
const kinds = async (world: ClockWorld) => (await world.outbox()).map(({ kind }) => kind);
const rows = async (world: ClockWorld, sql: string) => (await world.database.pool("superuser").query(sql)).rows;

describe("the keyholder's feed", () => {
  it("becomes a mirror, and a leaf for each change of state and no more", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state: "armed" });
      await clock.readFeed();
      world.keyholder.say({ account: world.account, b, state: "reminding" });
      await clock.readFeed();
      await clock.readFeed();
      expect(await rows(world, "select state, revision from switch_state")).toEqual([
        { state: "reminding", revision: 2 },
      ]);
      expect(await rows(world, "select count(*) as leaves from audit_leaf")).toEqual([{ leaves: 2 }]);
    }));

  it("writes one reminder however often and by however many clocks at once it is read", () =>
    withClockWorld(async (world) => {
      const clocks = [world.aClock(), world.aClock(), world.aClock()];
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      await Promise.all(clocks.map((clock) => clock.readFeed()));
      await world.database.pool("superuser").query("delete from clock_cursor");
      for (const clock of clocks) await clock.readFeed();
      expect(await kinds(world)).toEqual(["reminder"]);
      expect(await rows(world, "select count(*) as leaves from audit_leaf")).toEqual([{ leaves: 1 }]);
    }));

  it("writes one mail for several bequests that are due together, and the more pressing one", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      const grace = [{ phase: "grace", index: 3 }] as const;
      world.keyholder.say({ account: world.account, b: newId(10), state: "grace", remindersDue: [...grace] });
      await world.aClock().readFeed();
      expect(await kinds(world)).toEqual(["grace-reminder"]);
      expect(await rows(world, "select phase from reminder order by phase")).toEqual([
        { phase: "grace" },
        { phase: "reminding" },
      ]);
    }));

  it("takes up again where a zone was away, and loses nothing", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.beforeAnswer = async (method) => {
        if (method === "switches") throw new DependencyError("zone-unavailable", "away");
      };
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      await expect(clock.readFeed()).rejects.toThrow("zone-unavailable");
      expect(await kinds(world)).toEqual([]);
      expect(await rows(world, "select * from switch_state")).toEqual([]);
      world.keyholder.beforeAnswer = async () => {};
      await clock.readFeed();
      expect(await kinds(world)).toEqual(["reminder"]);
    }));

  it("is not held up by an account that the database does not know", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ account: newId(77), b: newId(78), state: "reminding", remindersDue: [...due] });
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      await world.aClock().readFeed();
      expect(await kinds(world)).toEqual(["reminder"]);
      expect(world.log).toContainEqual(expect.objectContaining({ event: "account-unknown" }));
    }));

  it("is read from its beginning after the keyholder was restored", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      for (let i = 0; i < 5; i++) world.keyholder.say({ account: world.account, b, state: "reminding" });
      await clock.readFeed();
      world.keyholder.switches = [
        { ...world.keyholder.say({ account: world.account, b, state: "held" }), revision: 1 },
      ];
      world.keyholder.info = { ...world.keyholder.info, epoch: 2 };
      await clock.readFeed();
      expect(await rows(world, "select state, epoch from switch_state")).toEqual([{ state: "held", epoch: 2 }]);
    }));

  it("does nothing with older news than the database has, and asks again", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const old = world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      const present = world.keyholder.say({ account: world.account, b, state: "armed", remindersDue: [] });
      await clock.readFeed();
      await world.database.pool("superuser").query("delete from clock_cursor");
      let asked = 0;
      world.keyholder.beforeAnswer = async (method) => {
        if (method === "switches") world.keyholder.switches = [asked++ === 0 ? old : present];
      };
      await clock.readFeed();
      expect(asked).toBeGreaterThan(1);
      expect(await rows(world, "select state from switch_state")).toEqual([{ state: "armed" }]);
      expect(await kinds(world)).toEqual([]);
    }));

  it.each([
    ["the same epoch, where the first was read of further than this one counts", 5, 1],
    ["the same epoch, where the first was not read of, but looked at", 0, 1],
    ["an earlier epoch, which the keyholder came back to", 5, 2],
  ])("is taken from another copy of the keyholder's store with %s", (_, position, epoch) =>
    withClockWorld(async (world) => {
      const superuser = world.database.pool("superuser");
      const clock = world.aClock();
      for (let i = 0; i < 5; i++) world.keyholder.say({ account: world.account, b, state: "disarmed" });
      await clock.readFeed();
      await superuser.query("update clock_cursor set position = $1, epoch = $2", [position, epoch]);
      await superuser.query("update switch_state set epoch = $1", [epoch]);
      const said = world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      world.keyholder.switches = [{ ...said, revision: 2 }];
      await clock.readFeed();
      expect(await rows(world, "select state, revision from switch_state")).toEqual([
        { state: "reminding", revision: 2 },
      ]);
      expect(await kinds(world)).toEqual(["reminder"]);
      expect(await rows(world, "select position from clock_cursor")).toEqual([{ position: 2 }]);
    }),
  );
});

describe("a database that went back while the feed was read", () => {
  /** What comes while news is on its way from the keyholder: what a fail-over loses, or a backup never had. */
  const whileRead = (world: ClockWorld, lost: string) => {
    let isLost = false;
    world.keyholder.beforeAnswer = async (method) => {
      if (method !== "switches" || isLost) return;
      isLost = true;
      await world.database.pool("superuser").query(lost);
    };
  };
  const stateOf = async (world: ClockWorld) => rows(world, "select b, state from switch_state order by b");
  const other = newId(10);

  it.each([
    ["its newest commits", "delete from switch_state; update clock_cursor set position = 0"],
    ["everything since an old backup", "delete from switch_state; delete from clock_cursor"],
    ["what it knew of this epoch", "delete from switch_state; update clock_cursor set epoch = 0"],
  ])("passes over nothing of what it lost: %s", (_, lost) =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state: "closed" });
      await clock.readFeed();
      world.keyholder.say({ account: world.account, b: other, state: "armed" });
      whileRead(world, lost);
      await clock.readFeed();
      expect(world.log).toContainEqual(expect.objectContaining({ event: "database-went-back" }));
      await clock.readFeed();
      expect(await stateOf(world)).toEqual([
        { b, state: "closed" },
        { b: other, state: "armed" },
      ]);
    }),
  );

  it("passes over nothing either where switches are taken one by one, and one of them fails", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state: "closed" });
      await clock.readFeed();
      await world.database.pool("superuser").query(`create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'no'; end $$; create trigger refuse before update on switch_state for each row
        when (new.b = '${pgId(other)}' and new.state = 'reminding') execute function refuse()`);
      world.keyholder.say({ account: world.account, b: other, state: "reminding" });
      world.keyholder.say({ account: world.account, b: newId(11), state: "armed" });
      await clock.readFeed();
      expect(await rows(world, "select position from clock_cursor")).toEqual([{ position: 3 }]);
      whileRead(world, "delete from switch_state; update clock_cursor set position = 1");
      world.keyholder.say({ account: world.account, b: other, state: "reminding" });
      await clock.readFeed();
      expect(world.log).toContainEqual(expect.objectContaining({ event: "database-went-back" }));
      await world.database.pool("superuser").query("drop trigger refuse on switch_state");
      await clock.readFeed();
      expect(await rows(world, "select state from switch_state where state <> 'closed' order by state")).toEqual([
        { state: "armed" },
        { state: "reminding" },
      ]);
    }));
});

describe("a switch that released everything before its owner returned", () => {
  const said = (world: ClockWorld, stages: ("waiting" | "granted" | "fetched" | "opened")[]) => ({
    account: world.account,
    b,
    state: "released" as const,
    release: "",
    slots: stages.map((stage, i) => ({ r: newId(40 + i), stage, withdrawn: "" })),
  });

  it("stays in the mirror without a decision", () =>
    withClockWorld(async (world) => {
      world.keyholder.say({ ...said(world, ["fetched", "opened"]), state: "closed" });
      await world.aClock().readFeed();
      expect(await rows(world, "select state from switch_state")).toEqual([{ state: "closed" }]);
      expect(world.log).toEqual([]);
    }));

  it.each([[[]], [["fetched", "waiting"]], [["fetched", "granted"]]] as const)(
    "is refused as long as not everything was fetched: %j",
    (stages) =>
      withClockWorld(async (world) => {
        world.keyholder.say(said(world, [...stages]));
        await world.aClock().readFeed();
        expect(await rows(world, "select state from switch_state")).toEqual([]);
        expect(world.log).toContainEqual(expect.objectContaining({ event: "decision-refused" }));
      }),
  );
});

describe("a signed decision", () => {
  async function aDecision(world: ClockWorld, stage: "waiting" | "granted") {
    const said = world.keyholder.say({ account: world.account, b, state: "releasing" });
    const release = await aRelease(world.keyholder.signer, said, [world.recipient]);
    const slots = [{ r: world.recipient, stage, withdrawn: "" }];
    world.keyholder.say({ account: world.account, b, release: release.jws, slots });
    return release;
  }

  it("tells the owner once that it was made, and a recipient only when their share is granted, with a link of their own", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const { jws, decisionId } = await aDecision(world, "waiting");
      await clock.readFeed();
      expect(await kinds(world)).toEqual(["release-begun"]);
      world.keyholder.say({
        account: world.account,
        b,
        release: jws,
        slots: [{ r: world.recipient, stage: "granted", withdrawn: "" }],
      });
      await Promise.all([clock.readFeed(), world.aClock().readFeed()]);
      expect((await world.outbox()).map(({ key }) => key)).toEqual([
        `release-begun:${decisionId}`,
        `release:${decisionId}:${world.recipient}`,
      ]);
      await Promise.all([clock.deliver(), clock.deliver()]);
      expect(await rows(world, "select kind, recipient, expires_at from link_token")).toEqual([
        { kind: "open", recipient: world.recipient, expires_at: null },
      ]);
      expect(await rows(world, "select statement from release")).toEqual([{ statement: jws }]);
    }));

  const forgeries: [string, (world: ClockWorld) => Promise<void>][] = [
    ["a bare claim that it is releasing", async (world) => {
      world.keyholder.say({ account: world.account, b, state: "releasing" });
    }],
    ["no signature at all", async (world) => {
      world.keyholder.say({ account: world.account, b, state: "releasing", slots: granted(world) });
    }],
    ["a granted share while nothing was decided", async (world) => {
      world.keyholder.say({ account: world.account, b, state: "armed", slots: granted(world) });
    }],
    ["another key", async (world) => {
      const key = generateSigningKey();
      await sayReleasing(world, {}, { publicKey: key.publicKey, sign: (bytes) => sign(bytes, key) });
    }],
    ["another account's decision", (world) => sayReleasing(world, { account: newId(50) })],
    ["another bequest's decision", (world) => sayReleasing(world, { b: newId(51) })],
    ["another generation's decision", (world) => sayReleasing(world, { g: 2 })],
    ["a decision under another policy", (world) => sayReleasing(world, { policyHash: "A".repeat(43) })],
    ["a demo's decision", (world) => sayReleasing(world, { mode: "demo" })],
    ["a recipient who is not in the decision", (world) => sayReleasing(world, { recipients: [{ r: newId(52), delay: 0 }] })],
  ]; // prettier-ignore
  const granted = (world: ClockWorld) => [{ r: world.recipient, stage: "granted" as const, withdrawn: "" }];

  async function sayReleasing(world: ClockWorld, change: object, signer = world.keyholder.signer): Promise<void> {
    const said = world.keyholder.say({ account: world.account, b, state: "releasing", slots: granted(world) });
    const { jws } = await aRelease(signer, said, [world.recipient], change);
    world.keyholder.say({ account: world.account, b, release: jws });
  }

  it.each(forgeries)("is refused, loudly, and nobody is told, when it is forged: %s", (_what, forge) =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      world.keyholder.say({ account: world.account, b, state: "grace" });
      await clock.readFeed();
      await forge(world);
      await clock.readFeed();
      expect(await world.outbox()).toEqual([]);
      expect(await rows(world, "select * from release")).toEqual([]);
      expect(await rows(world, "select state from switch_state")).toEqual([{ state: "grace" }]);
      expect(world.log).toContainEqual(expect.objectContaining({ event: "decision-refused" }));
    }),
  );

  it("that was taken back before its notice left is never told; afterwards it is told calmly, once", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const { decisionId } = await aDecision(world, "granted");
      await clock.readFeed();
      const place = { account: world.account, b, g: 1, r: world.recipient, decisionId };
      const withdrawn = await aWithdrawal(world.keyholder.signer, place);
      const back = { account: world.account, b, state: "armed" as const, release: "" };
      world.keyholder.say({ ...back, slots: [{ r: world.recipient, stage: "withdrawn", withdrawn }] });
      await Promise.all([clock.readFeed(), world.aClock().readFeed()]);
      const states = new Map((await world.outbox()).map(({ kind, state }) => [kind, state]));
      expect(states).toEqual(new Map([["release-begun", "queued"], ["release", "cancelled"]])); // prettier-ignore
    }));

  it.each([
    ["another recipient's", { r: newId(60) }, false],
    ["another bequest's", { b: newId(61) }, false],
    ["another account's", { account: newId(62) }, false],
    ["one by another key", {}, true],
  ])("is not taken back by a forged withdrawal: %s", (_what, change, isForeignKey) =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const { jws, decisionId } = await aDecision(world, "granted");
      await clock.readFeed();
      const key = generateSigningKey();
      const foreign = { publicKey: key.publicKey, sign: (bytes: Uint8Array) => sign(bytes, key) };
      const place = { account: world.account, b, g: 1, r: world.recipient, decisionId, ...change };
      const withdrawn = await aWithdrawal(isForeignKey ? foreign : world.keyholder.signer, place);
      const slots = [{ r: world.recipient, stage: "withdrawn" as const, withdrawn }];
      world.keyholder.say({ account: world.account, b, state: "releasing", release: jws, slots });
      await clock.readFeed();
      expect(await rows(world, "select stage from release_slot")).toEqual([{ stage: "granted" }]);
      expect(world.log).toContainEqual(expect.objectContaining({ event: "decision-refused" }));
      expect((await world.outbox()).map(({ state }) => state)).toEqual(["queued", "queued"]);
    }),
  );

  it("that was told is withdrawn with a mail of its own", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      const { decisionId } = await aDecision(world, "granted");
      await clock.readFeed();
      await clock.deliver();
      const place = { account: world.account, b, g: 1, r: world.recipient, decisionId };
      const withdrawn = await aWithdrawal(world.keyholder.signer, place);
      const slots = [{ r: world.recipient, stage: "withdrawn" as const, withdrawn }];
      world.keyholder.say({ account: world.account, b, state: "armed", release: "", slots });
      await Promise.all([clock.readFeed(), world.aClock().readFeed()]);
      await clock.deliver();
      const told = world.smtp.taken.filter(({ to }) => to === "grace@example.org");
      expect(told.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1])).toEqual([
        "Ada Lovelace left something for you",
        "Ada Lovelace is back",
      ]);
    }));
});

describe("the keyholder's key", () => {
  it("is pinned at first sight, and another one is not listened to", () =>
    withClockWorld(async (world) => {
      const clock = world.aClock();
      await clock.readFeed();
      const key = generateSigningKey();
      world.keyholder.info = { ...world.keyholder.info, publicKey: Buffer.from(key.publicKey).toString("base64url") };
      world.keyholder.say({ account: world.account, b, state: "reminding", remindersDue: [...due] });
      await expect(clock.readFeed()).rejects.toThrow(/keyholder-changed/);
      await expect(world.aClock().readFeed()).rejects.toThrow(/keyholder-changed/);
      expect(await world.outbox()).toEqual([]);
    }));

  it("is not pinned again when the pin is unreadable", () =>
    withClockWorld(async (world) => {
      await world.aClock().readFeed();
      await writeFile(join(world.folder, "keyholder-pin.json"), "{}");
      await expect(world.aClock().readFeed()).rejects.toThrow();
    }));
});
