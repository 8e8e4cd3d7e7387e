import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { losePage } from "../testing/a-lost-page.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson, type Owner, type Person } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const done = async (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: Error) => error.message,
  );
const fetched = async (owner: Owner, b: string, person: Person) =>
  fetchShare(owner, b, person).then(
    () => "the share left",
    () => "nothing left",
  );

async function copyOf({ handlers, account }: Owner) {
  const { statements } = await handlers.statements({ account, from: 0, limit: 500 }, asApi);
  return statements.map(({ statement, receipt }) => ({ statement, receipt }));
}

async function giveBack({ handlers, account }: Owner, statements: Awaited<ReturnType<typeof copyOf>>) {
  return handlers.importStatements({ account, statements }, asApi);
}

function historyOf(test: TestKeyholder, b: string): string {
  const found = inStore(test, (db) => db.prepare("select history from bequest where b = ?").get(b));
  return String(found?.["history"]);
}

function writeHistory(test: TestKeyholder, b: string, history: string): void {
  inStore(test, (db) => void db.prepare("update bequest set history = ? where b = ?").run(history, b));
}

/** What an owner's weekly check-ins for a season come to. */
async function checkInsOfASeason(test: TestKeyholder, owner: Owner): Promise<string[]> {
  const tries = new Set<string>();
  for (let week = 0; week < 12; week++) {
    await silence(test, 7 * dayMs);
    tries.add(await done(owner.checkIn()));
  }
  return [...tries];
}

/** Owners who are silent, each with one bequest. */
async function silentOwners(test: TestKeyholder, count: number) {
  const owners: { owner: Owner; person: Person; b: string }[] = [];
  for (let i = 0; i < count; i++) {
    const [owner, person] = [await anOwner(test), await aPerson()];
    owners.push({ owner, person, b: (await armed(owner, [person])).b });
  }
  return owners;
}

function hasSlot(test: TestKeyholder, b: string): boolean {
  const row = {
    account: String(inStore(test, (db) => db.prepare("select account from bequest where b = ?").get(b))?.["account"]),
    b,
  };
  try {
    return (
      inStore(test, (db) => db.prepare("select r from slot where account = :account and b = :b").get(row)) !== undefined
    );
  } catch {
    return false;
  }
}

const manyPeople = async () => Promise.all(Array.from({ length: 6 }, aPerson));

describe("where a record of one bequest cannot be read", () => {
  it("a disarm of another that a restore lost is given back, and obeyed", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const disarmed = await armed(owner, [person]);
      const other = await armed(owner, [await aPerson()]);
      const backup = await test.backUp();
      await owner.submit("disarm", await owner.signDisarm(disarmed.b, disarmed.policyHash));
      const copy = await copyOf(owner);
      await test.restoreStore(backup);
      writeHistory(test, other.b, historyOf(test, other.b).slice(0, -1));
      await giveBack(owner, copy);
      await silence(test, 150 * dayMs);
      expect((await switchOf(owner, disarmed.b)).state).toBe("disarmed");
      expect(await fetched(owner, disarmed.b, person)).toBe("nothing left");
    }));

  it("its own disarm is obeyed once it can be read, at the next give-back", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      const backup = await test.backUp();
      await owner.submit("disarm", await owner.signDisarm(b, policyHash));
      const copy = await copyOf(owner);
      await test.restoreStore(backup);
      const history = historyOf(test, b);
      writeHistory(test, b, history.slice(0, -1));
      expect(await giveBack(owner, copy)).toMatchObject({ imported: 1 });
      writeHistory(test, b, history);
      await giveBack(owner, copy);
      expect((await switchOf(owner, b)).state).toBe("disarmed");
    }));
});

describe("where a statement of an owner cannot be read", () => {
  it("nothing of theirs is decided: they cannot be heard, however often they check in", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      const { id, jws } = inStore(test, (db) => {
        const row = db.prepare("select id, jws from statement where account = ? and seq = 1").get(owner.account);
        return { id: String(row?.["id"]), jws: String(row?.["jws"]) };
      });
      const write = (to: string) =>
        inStore(test, (db) => void db.prepare("update statement set jws = ? where id = ?").run(to, id));
      const at = jws.length - 20;
      write(`${jws.slice(0, at)}${jws[at] === "A" ? "B" : "A"}${jws.slice(at + 1)}`);
      await test.restart();
      expect(await checkInsOfASeason(test, owner)).not.toContain("done");
      expect(await fetched(owner, b, person)).toBe("nothing left");
      expect(String(test.errors.at(-1)), "and somebody is told").toContain("not signed by the key");
      test.errors.length = 0;
      write(jws);
      await test.restart();
      expect(await done(owner.checkIn())).toBe("done");
    }));
});

describe("where the list of a bequest's documents is lost", () => {
  it("its owner's check-ins count for their others, and say that they did not for this one", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const broken = await armed(owner, [await aPerson()]);
      const { b } = await armed(owner, [person]);
      inStore(test, (db) => void db.prepare("delete from manifest where b = ?").run(broken.b));
      await test.restart();
      expect(await checkInsOfASeason(test, owner)).toEqual(["done"]);
      expect(await fetched(owner, b, person)).toBe("nothing left");
      expect((await owner.checkIn()).unheard).toEqual([broken.b]);
    }));
});

describe("where the disk has lost a page of the store", () => {
  it("what can be read of others is released all the same", () =>
    withKeyholder(async (test) => {
      const [hurt, others] = [await anOwner(test), await silentOwners(test, 8)];
      const damaged = await armed(hurt, [await aPerson()]);
      losePage(test, damaged.b, { table: "slot", column: "age_key" });
      await test.start();
      for (let i = 0; i < 240; i++) await done(silence(test, dayMs / 4));
      const left = await Promise.all(others.map(async ({ owner, b, person }) => fetched(owner, b, person)));
      // Why not of all: a search reads parts of others' records, so that page can be one of theirs too, and of few owners of all of them.
      if (others.some(({ b }) => hasSlot(test, b))) expect(left).toContain("the share left");
    }));

  it("a keyholder that was put back to an older store starts, and holds everything", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const damaged = await armed(owner, await manyPeople());
      losePage(test, damaged.b, { table: "bound_policy", column: "policy" });
      await test.start();
      const backup = await test.backUp();
      await done(silence(test, dayMs));
      expect(await done(test.restoreStore(backup))).toBe("done");
      expect(test.holds).toContain("restored");
    }));

  it("somebody else's check-in that comes at the same moment counts", () =>
    withKeyholder(async (test) => {
      const [owner, stranger] = [await anOwner(test), await anOwner(test)];
      const damaged = await armed(owner, await manyPeople());
      losePage(test, damaged.b, { table: "bound_policy", column: "policy" });
      await test.start();
      const [one, other] = [await owner.signCheckIn(), await stranger.signCheckIn()];
      const answers = [done(owner.submit("checkin", one)), done(stranger.submit("checkin", other))];
      expect(await Promise.all(answers)).toEqual(["done", "done"]);
    }));
});
