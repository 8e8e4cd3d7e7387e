import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

/** Policies where versions kept them that had no other place for them. */
const formerPolicies = `insert or replace into former_policy select account, b, policy from bound_policy;
  drop table bound_policy; alter table former_policy rename to bound_policy;`;

/** The store as the first version wrote it: without the newer columns and facts, and asleep where only a reminder was awaited. */
function makeOld(test: TestKeyholder): void {
  const database = new DatabaseSync(join(test.folder, "keyholder.sqlite"));
  database.exec("alter table keyholder rename column attended_ms to attended");
  database.exec(formerPolicies);
  database.exec(
    "drop table refused_sign; drop table missed_sign; alter table bequest drop column missed_at; alter table keyholder drop column week",
  );
  database.exec("drop index bequest_behind; alter table bequest drop column events_known; drop table event");
  database.exec("alter table keyholder drop column credited_wall; alter table keyholder drop column doubt_ms");
  database.exec("drop index bequest_call; alter table bequest drop column call_at");
  database.exec("alter table bequest add column policy text not null default ''");
  database.exec(
    "update bequest set policy = (select policy from bound_policy where account = bequest.account and b = bequest.b)",
  );
  database.exec("drop table bound_policy");
  database.exec("drop table outage; drop table freeze; drop table freeze_order");
  database.exec("drop index slot_withdrawn; drop index token_account");
  database.exec("update bequest set history = json_remove(history, '$.gaps', '$.unheard', '$.paused'), wake = null");
  database.exec("pragma user_version = 0");
  database.close();
}

/** What the versions up to the first with freezes asked for at their start. */
function expectRefusedByEarlier(test: TestKeyholder): void {
  inStore(test, (database) =>
    expect(() => database.prepare("select attended, recorded_wall as recordedWall from keyholder")).toThrow(
      "no such column: attended",
    ),
  );
}

describe("a store that a later version wrote", () => {
  it("is refused, and left as it is for that version to go on with", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.stop();
      const setVersion = (change: number) =>
        inStore(test, (database) => {
          const version = Number(database.prepare("pragma user_version").get()?.["user_version"]);
          database.exec(`pragma user_version = ${version + change}`);
        });
      setVersion(1);
      await expect(test.start()).rejects.toMatchObject({ code: "store-newer" });
      setVersion(-1);
      await test.start();
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));

  it("is refused also by those that did not ask for its version: they do not start without their column", () =>
    withKeyholder(async (test) => {
      expectRefusedByEarlier(test);
    }));
});

describe("a store of the version that noted missed signs in the record itself", () => {
  it("is held by what was noted there, until its owner signs", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.stop();
      inStore(test, (db) =>
        db.exec(
          `${formerPolicies} drop table refused_sign; drop table missed_sign; update bequest set missed_at = 0; pragma user_version = 9`,
        ),
      );
      await test.start();
      expect((await switchOf(owner, b)).state).toBe("held");
      await owner.checkIn();
      expect((await switchOf(owner, b)).state).toBe("armed");
    }));
});

describe("a store of the version that kept policies in a tree without row ids", () => {
  it("goes by them where they are until another binds, and by no old one after it", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const bequest = await armed(owner, [person]);
      test.stop();
      inStore(test, (db) => db.exec(`${formerPolicies} pragma user_version = 11`));
      const places = () =>
        inStore(test, (db) =>
          ["former_policy", "bound_policy"].map((table) => db.prepare(`select b from ${table}`).all().length),
        );
      await test.start();
      await owner.checkIn();
      expect(places()).toEqual([1, 0]);
      expect((await switchOf(owner, bequest.b)).policyHash).toBe(bequest.policyHash);
      await owner.signAndSubmit("policy", policyOf(owner, bequest, { delays: [dayMs] }));
      expect(places()).toEqual([0, 1]);
      await test.restart();
      expect((await switchOf(owner, bequest.b)).policyHash).not.toBe(bequest.policyHash);
      inStore(test, (db) => db.exec("delete from bound_policy"));
      await expect(switchOf(owner, bequest.b)).rejects.toThrow("no such switch");
    }));

  it("releases by them", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.stop();
      inStore(test, (db) => db.exec(`${formerPolicies} pragma user_version = 11`));
      await test.start();
      await silence(test, 60 * dayMs);
      await fetchShare(owner, b, person);
    }));
});

describe("a store of the first version", () => {
  it("is upgraded at the start, and what slept for ever in it is looked at again", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      test.mail.isDown = true;
      await test.pass(32 * dayMs);
      test.stop();
      makeOld(test);
      await test.start();
      expectRefusedByEarlier(test);
      expect(await switchOf(owner, b)).toMatchObject({ state: "reminding", waitsFor: "reminder" });
      test.mail.isDown = false;
      await test.pass(20 * dayMs);
      await fetchShare(owner, b, person);
      await test.restart();
      expect((await switchOf(owner, b)).state).toBe("closed");
    }));
});
