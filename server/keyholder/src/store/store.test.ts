import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { real, withKeyholder } from "../testing/a-keyholder.ts";
import { losePage } from "../testing/a-lost-page.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { Store } from "./store.ts";

function withStore(work: (store: Store, folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-store-"));
  const store = new Store(folder, real);
  try {
    work(store, folder);
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
}

function writtenIn(folder: string): number {
  const other = new Store(folder, real);
  const { revision } = other;
  other.close();
  return revision;
}

const thrown = new Error("thrown");
function throwIt(): never {
  throw thrown;
}

describe("the revision of a store", () => {
  it("is seen in the commit that takes it, and written with it", () =>
    withStore((store, folder) => {
      store.commit(() => {
        expect([++store.revision, ++store.revision]).toEqual([1, 2]);
        expect(store.revision).toBe(2);
      });
      expect([store.revision, writtenIn(folder)]).toEqual([2, 2]);
      store.commit(() => {});
      expect(writtenIn(folder)).toBe(2);
    }));

  it("is what it was where the commit is undone, or the one change of many that took it", () =>
    withStore((store, folder) => {
      const take = () => void ++store.revision;
      const takeInVain = () => (++store.revision, throwIt());
      store.commit(() => {
        take();
        expect(() => store.attempt(takeInVain)).toThrow(thrown);
        store.rehearse(take);
        take();
      });
      expect(store.revision).toBe(2);
      expect(() => store.commit(takeInVain)).toThrow(thrown);
      store.rehearse(take);
      expect([store.revision, writtenIn(folder)]).toEqual([2, 2]);
    }));

  it("is taken in a commit alone", () =>
    withStore((store) => {
      expect(() => ++store.revision).toThrow("Something went wrong");
      expect(store.revision).toBe(0);
    }));
});

describe("reading much at one look", () => {
  it("is over where it ends, also by an error, and where something is written meanwhile", () =>
    withStore((store) => {
      const write = () => store.commit(() => ++store.revision);
      expect(() => store.look(throwIt)).toThrow(thrown);
      expect(store.look(() => [write(), write(), store.revision])).toEqual([1, 2, 2]);
      expect(store.commit(() => store.look(() => ++store.revision))).toBe(3);
      expect([write(), store.revision]).toEqual([4, 4]);
    }));

  it("asks again for a record that the disk did not give, which a commit must not", () =>
    withStore((store) => {
      const malformed = Object.assign(new Error("malformed"), { errcode: 11 });
      const lost = () => {
        throw malformed;
      };
      expect(() => store.look(() => store.readRecord("a", lost))).toThrow(malformed);
      expect(() => store.commit(() => store.readRecord("a", () => "back"))).toThrow("Something went wrong");
      expect(store.look(() => store.readRecord("a", () => "back"))).toBe("back");
      expect(store.commit(() => store.readRecord("a", () => "back"))).toBe("back");
    }));

  it("shows all others where the disk has lost a page of one, and that one once it is back", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const people = await Promise.all(Array.from({ length: 6 }, aPerson));
      const { b } = await armed(owner, people);
      const strangers = await Promise.all([anOwner(test), anOwner(test)]);
      for (const stranger of strangers) await armed(stranger, [await aPerson()]);
      const asClock = { caller: "clock", requestId: "test" } as const;
      const listed = async () => (await test.keyholder.handlers.switches({ after: 0, limit: 100 }, asClock)).items;
      const all = (await listed()).length;
      const mend = losePage(test, b, { table: "bound_policy", column: "policy" });
      await test.start();
      expect(await listed()).toHaveLength(all - 1);
      expect(await listed()).toHaveLength(all - 1);
      expect(test.errors).not.toEqual([]);
      test.errors.length = 0;
      mend();
      await test.start();
      expect(await listed()).toHaveLength(all);
    }));
});
