import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { loseTable } from "../testing/a-lost-page.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson, type Owner, type Person, randomHash } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";

const asClock = { caller: "clock", requestId: "test" } as const;
const fetched = async (owner: Owner, b: string, person: Person) =>
  fetchShare(owner, b, person).then(
    () => "the share left",
    (error: Error) => error.message,
  );
const refusal = expect.stringMatching(/^owner-unhearable: /);

/** Granted to the first, and to the second after some days; then the page is lost that every sign of the owner's writes. */
async function granted(test: TestKeyholder, delayDays: number) {
  const [owner, first, second] = [await anOwner(test), await aPerson(), await aPerson()];
  const { b } = await armed(owner, [first, second], { delays: [0, delayDays * dayMs] });
  while ((await switchOf(owner, b)).release === "") await silence(test, dayMs / 4);
  const lose = async (table = "account") => {
    const mend = loseTable(test, table);
    await test.start();
    return mend;
  };
  return { owner, first, second, b, lose };
}

/** What the clock zone is told of it when it asks before a letter leaves. */
async function asked({ keyholder }: TestKeyholder, owner: Owner, b: string) {
  const bequests = [{ account: owner.account, b }];
  return (await keyholder.handlers.switches({ bequests }, asClock)).items.map(({ slots }) => slots[0]?.stage);
}

const stagesOf = (test: TestKeyholder, b: string): string[] => {
  const row = inStore(test, (db) => db.prepare("select history from bequest where b = ?").get(b));
  const { slots }: { slots: { stage: string }[] } = JSON.parse(String(row?.["history"]));
  return slots.map(({ stage }) => stage);
};

async function passBeside(test: TestKeyholder, days: number): Promise<void> {
  for (let i = 0; i < 4 * days; i++) await test.pass(dayMs / 4);
}

describe("beside a page without which the owner cannot be heard", () => {
  it("what was granted is not given, and no letter speaks of it, until the page is back", () =>
    withKeyholder(async (test) => {
      const { owner, first, b, lose } = await granted(test, 0);
      expect(await asked(test, owner, b)).toEqual(["granted"]);
      const mend = await lose();
      expect(await fetched(owner, b, first)).toEqual(refusal);
      expect(await asked(test, owner, b)).toEqual([]);
      expect(stagesOf(test, b)[0]).toBe("granted");
      mend();
      await test.start();
      expect(await asked(test, owner, b)).toEqual(["granted"]);
      expect(await fetched(owner, b, first)).toBe("the share left");
    }));

  it("what its recipient has fetched is given again: it left", () =>
    withKeyholder(async (test) => {
      const { owner, first, second, b, lose } = await granted(test, 0);
      await fetchShare(owner, b, first);
      await lose();
      expect(await fetched(owner, b, first)).toBe("the share left");
      expect(await fetched(owner, b, second)).toEqual(refusal);
    }));

  it("nothing is given of an owner who signed meanwhile: it is taken back as soon as the page is", () =>
    withKeyholder(async (test) => {
      const { owner, first, b, lose } = await granted(test, 0);
      const mend = await lose();
      await expect(owner.checkIn()).rejects.toThrow();
      mend();
      await test.start();
      expect(await fetched(owner, b, first)).toMatch(/^not-granted: /);
      const { state, slots } = await switchOf(owner, b);
      expect([state, slots[0]?.stage, slots[0]?.withdrawn]).toEqual(["held", "withdrawn", expect.stringMatching(/./)]);
    }));

  it("nothing is decided, and everything is once the page is back", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person], { delays: [10 * dayMs] });
      while ((await switchOf(owner, b)).state !== "lastCall") await silence(test, dayMs);
      const mend = loseTable(test, "account");
      await test.start();
      await passBeside(test, 20);
      expect(inStore(test, (db) => db.prepare("select id from decision").all())).toEqual([]);
      mend();
      await test.start();
      await silence(test, 11 * dayMs);
      expect(await fetched(owner, b, person)).toBe("the share left");
    }));

  it("nothing is given either from the moment that a sign was refused until it holds", () =>
    withKeyholder(async (test) => {
      const { owner, first, b } = await granted(test, 0);
      const note = { account: owner.account, sign: randomHash(), at: 90 * dayMs };
      inStore(test, (db) => db.prepare("insert into refused_sign values (:account, :sign, 'signed', :at)").run(note));
      expect(await fetched(owner, b, first)).toEqual(refusal);
      await test.keyholder.tick();
      expect(await fetched(owner, b, first)).toMatch(/^not-granted: /);
    }));

  it.each(["account", "receipt"])("(of '%s') nothing is granted, and everything is once the page is back", (table) =>
    withKeyholder(async (test) => {
      const { owner, second, b, lose } = await granted(test, 20);
      const mend = await lose(table);
      await passBeside(test, 30);
      expect(stagesOf(test, b)).toEqual(["granted", "waiting"]);
      expect(test.errors.length, "and somebody is told at each tick").toBeGreaterThan(10);
      mend();
      await test.start();
      expect(await fetched(owner, b, second)).toBe("the share left");
    }),
  );
});
