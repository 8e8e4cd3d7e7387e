import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { damage } from "../testing/a-damaged-record.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { loseStatement, loseTable } from "../testing/a-lost-page.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson, type Owner, type Person, randomHash } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const asClock = { caller: "clock", requestId: "test" } as const;
const done = async (work: Promise<unknown>) => work.then(() => "done", String);
const fetched = async (owner: Owner, b: string, person: Person) =>
  fetchShare(owner, b, person).then(
    () => "the share left",
    () => "nothing left",
  );

const pressLink = async ({ handlers }: Owner, token: string) =>
  done((async () => handlers.submitToken({ token, nonce: randomHash() }, asApi))());

/** Lets time pass beside what cannot be read. */
async function passBeside(test: TestKeyholder, days: number): Promise<void> {
  for (let i = 0; i < 4 * days; i++) {
    test.clock.advance(dayMs / 4);
    await done(test.keyholder.tick());
  }
}

async function aBequest(test: TestKeyholder) {
  const [owner, person] = [await anOwner(test), await aPerson()];
  const { b, policyHash } = await armed(owner, [person]);
  return { owner, person, b, policyHash };
}

/** Everything has passed but a little of the last wait when a page is lost, and with it whatever is signed. */
async function almostDue(test: TestKeyholder, table: string) {
  const bequest = await aBequest(test);
  while ((await switchOf(bequest.owner, bequest.b)).state !== "lastCall") await silence(test, dayMs);
  const mend = loseTable(test, table);
  await test.start();
  return { ...bequest, mend };
}

const notes = (test: TestKeyholder) =>
  inStore(test, (db) => db.prepare("select account, class, at_attended as at from refused_sign").all());

describe("a sign that the store could not take", () => {
  it.each(["account", "receipt", "sqlite_autoindex_receipt_1", "bequest", "slot"])(
    "holds what its owner armed once the lost page of '%s' is back, as a missed one does",
    (table) =>
      withKeyholder(async (test) => {
        const { owner, person, b, mend } = await almostDue(test, table);
        expect(await done(owner.checkIn())).not.toBe("done");
        await passBeside(test, 10);
        mend();
        await test.start();
        await silence(test, 7 * dayMs);
        expect(await fetched(owner, b, person)).toBe("nothing left");
        expect((await switchOf(owner, b)).state).toBe("held");
        expect(notes(test)).toEqual([]);
        await owner.checkIn();
        expect((await switchOf(owner, b)).state).toBe("armed");
      }),
  );

  it("keeps nothing from being released in the end, and holds from that sign, not from the day of the mending", () =>
    withKeyholder(async (test) => {
      const { owner, person, b, mend } = await almostDue(test, "account");
      await done(owner.checkIn());
      await passBeside(test, 60);
      mend();
      await test.start();
      await silence(test, 29 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("held");
      await silence(test, 2 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("armed");
      await silence(test, 48 * dayMs);
      expect(await fetched(owner, b, person)).toBe("the share left");
    }));

  it("is given up for a newer one that counts", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await aBequest(test);
      await silence(test, 10 * dayMs);
      const note = { account: owner.account, sign: randomHash(), at: 9 * dayMs };
      inStore(test, (db) => db.prepare("insert into refused_sign values (:account, :sign, 'signed', :at)").run(note));
      await owner.checkIn();
      await silence(test, dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", used: dayMs });
      expect(notes(test)).toEqual([]);
    }));

  it.each(["disarm", "pause"] as const)("is a sign of life and no more, also where it was a %s", (kind) =>
    withKeyholder(async (test) => {
      const { owner, b, policyHash, mend } = await almostDue(test, "account");
      const jws =
        kind === "disarm" ? await owner.signDisarm(b, policyHash) : await owner.signPause(b, policyHash, 300 * dayMs);
      expect(await done(owner.submit(kind, jws))).not.toBe("done");
      await passBeside(test, 10);
      mend();
      await test.start();
      expect((await switchOf(owner, b)).state).toBe("held");
      await owner.checkIn();
      expect((await switchOf(owner, b)).state).toBe("armed");
    }),
  );

  it("is one too where the text of another bequest's record is damaged, and a disarm is refused as a whole", () =>
    withKeyholder(async (test) => {
      const { owner, b, policyHash } = await aBequest(test);
      const other = await armed(owner, [await aPerson()]);
      await silence(test, 10 * dayMs);
      const mend = damage(test, b);
      expect(await done(owner.submit("disarm", await owner.signDisarm(b, policyHash)))).not.toBe("done");
      await silence(test, dayMs);
      mend();
      for (const one of [b, other.b]) expect((await switchOf(owner, one)).state).toBe("held");
      await owner.checkIn();
      for (const one of [b, other.b]) expect((await switchOf(owner, one)).state).toBe("armed");
    }));

  it("never shortens the hold of what a record missed after it", () =>
    withKeyholder(async (test) => {
      const { owner, b } = await aBequest(test);
      await silence(test, 10 * dayMs);
      const mend = damage(test, b);
      const [note, missed] = [
        { account: owner.account, sign: randomHash(), at: dayMs },
        { account: owner.account, b, at: 10 * dayMs },
      ];
      inStore(test, (db) => {
        db.prepare("insert into missed_sign values (:account, :b, :at, 0)").run(missed);
        db.prepare("insert into refused_sign values (:account, :sign, 'signed', :at)").run(note);
      });
      await test.keyholder.tick();
      mend();
      await silence(test, 85 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("held");
      expect(notes(test)).toEqual([]);
    }));

  it("is one row an account, and no newer where the same is sent again", () =>
    withKeyholder(async (test) => {
      const { owner } = await almostDue(test, "account");
      const first = await owner.signCheckIn();
      await done(owner.submit("checkin", first));
      const [noted] = notes(test);
      await passBeside(test, 5);
      await done(owner.submit("checkin", first));
      expect(notes(test)).toEqual([noted]);
      await done(owner.checkIn());
      const [newer, ...others] = notes(test);
      expect([Number(newer?.["at"]) > Number(noted?.["at"]), others]).toEqual([true, []]);
    }));

  it("is none where it was not verified: what is due is decided as soon as the page is back", () =>
    withKeyholder(async (test) => {
      const { owner, person, b, mend } = await almostDue(test, "account");
      const stranger = generateSigningKey();
      const foreign = await owner.signCheckIn({}, stranger);
      const [head, body] = (await owner.signCheckIn()).split(".");
      const stale = await owner.signCheckIn();
      await test.restart();
      for (const jws of [foreign, stale, `${head}.${body}.${"A".repeat(86)}`])
        expect(await done(owner.submit("checkin", jws))).not.toBe("done");
      expect(await pressLink(owner, randomHash())).not.toBe("done");
      expect(await done(anOwner(test)), "of whom nothing is armed").not.toBe("done");
      expect(notes(test)).toEqual([]);
      await passBeside(test, 10);
      mend();
      await test.start();
      expect(await fetched(owner, b, person)).toBe("the share left");
    }));

  it("leaves nothing where a rule refused it", () =>
    withKeyholder(async (test) => {
      const { owner } = await aBequest(test);
      await silence(test, 70 * dayMs);
      const { token } = await owner.handlers.mintToken({ account: owner.account }, asClock);
      expect(await pressLink(owner, token)).toContain("sign-not-accepted");
      expect(notes(test)).toEqual([]);
    }));
});

describe("a weak sign that the store could not take", () => {
  /** A mail link is pressed while the page is lost, so long after the last signed sign. */
  async function pressedAfter(test: TestKeyholder, days: number, weakMax = 60 * dayMs) {
    const [owner, person] = [await anOwner(test), await aPerson()];
    const generation = await armed(owner, [person]);
    await owner.signAndSubmit("policy", policyOf(owner, generation, { weakMax }));
    await silence(test, days * dayMs);
    const mend = loseTable(test, "receipt");
    await test.start();
    const { token } = await owner.handlers.mintToken({ account: owner.account }, asClock);
    expect(await pressLink(owner, token)).not.toBe("done");
    return { owner, person, b: generation.b, token, mend };
  }

  it("is heard from when it came, and holds nothing", () =>
    withKeyholder(async (test) => {
      const { owner, b, mend } = await pressedAfter(test, 45);
      expect(notes(test)).toMatchObject([{ class: "token" }]);
      await passBeside(test, 10);
      mend();
      await test.start();
      const { state, used } = await switchOf(owner, b);
      expect([state, Math.round(used / dayMs)]).toEqual(["armed", 10]);
      expect(notes(test)).toEqual([]);
    }));

  it("is no newer where the same link is pressed again", () =>
    withKeyholder(async (test) => {
      const { owner, token } = await pressedAfter(test, 45);
      const noted = notes(test);
      await passBeside(test, 5);
      expect(await pressLink(owner, token)).not.toBe("done");
      expect(notes(test)).toEqual(noted);
    }));

  it("does not stand instead of the owner's own", () =>
    withKeyholder(async (test) => {
      const { owner, b, mend } = await pressedAfter(test, 45);
      await done(owner.checkIn());
      const { token } = await owner.handlers.mintToken({ account: owner.account }, asClock);
      await pressLink(owner, token);
      expect(notes(test)).toMatchObject([{ class: "signed" }]);
      mend();
      await test.start();
      expect((await switchOf(owner, b)).state).toBe("held");
    }));

  it("carries no further than any other: what is due is decided where its time was over", () =>
    withKeyholder(async (test) => {
      const { owner, person, b, mend } = await pressedAfter(test, 45, 40 * dayMs);
      await passBeside(test, 5);
      mend();
      await test.start();
      await silence(test, 2 * dayMs);
      expect(await fetched(owner, b, person)).toBe("the share left");
    }));
});

describe("check-ins that arrive together with one that meets a lost page", () => {
  it("count", () =>
    withKeyholder(async (test) => {
      const [hurt, stranger] = [await anOwner(test), await anOwner(test)];
      await armed(hurt, await Promise.all(Array.from({ length: 24 }, aPerson)));
      const old = await hurt.signCheckIn();
      loseStatement(test, hurt.account);
      await test.start();
      const [first, last] = [await stranger.signCheckIn(), await stranger.signCheckIn()];
      const answers = [
        done(stranger.submit("checkin", first)),
        done(hurt.submit("checkin", old)),
        done(stranger.submit("checkin", last)),
      ];
      expect(await Promise.all(answers)).toEqual(["done", expect.stringContaining("malformed"), "done"]);
    }));
});
