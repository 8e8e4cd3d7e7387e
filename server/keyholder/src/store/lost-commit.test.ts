import { describe, expect, it } from "vitest";
import { z } from "zod";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { fetchShare, silence } from "../testing/a-silence.ts";
import { inStore } from "../testing/in-store.ts";
import { Store } from "./store.ts";

const counted = z.object({ counter: z.int() });
const counterOf = (store: Store) => store.one("select counter from keyholder", counted).counter;
const tickMs = dayMs / 4;

describe("a commit that the disk has undone in the midst of it", () => {
  it("is over: what would have come next is not written by itself", () =>
    withKeyholder(async (test) => {
      test.stop();
      const store = new Store(test.folder, test.settings);
      const before = counterOf(store);
      const broken = () =>
        store.commit(() => {
          // As SQLite does by itself where the disk refuses a page.
          store.run("rollback");
          store.run("update keyholder set counter = counter + 100");
        });
      expect(broken).toThrow("commit-lost");
      expect(counterOf(store)).toBe(before);
      store.commit(() => {});
      expect(counterOf(store)).toBe(before + 1);
      store.close();
    }));
});

describe("a commit that is on the disk, and fails after that", () => {
  it("leaves time as it is on the disk, so that no receipt's date is undercut", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person]);
      await silence(test, 5 * dayMs);
      // The clock is set a month ahead by mistake, and stays so until it is believed: in the very commit whose mark cannot be written.
      test.clock.jumpWall(30 * dayMs);
      await test.pass(9 * tickMs);
      const statement = await owner.signCheckIn();
      await test.pass(tickMs);
      test.clock.advance(tickMs);
      let isFailing = true;
      test.onCommitStep = (step) => {
        if (step !== "committed" || !isFailing) return;
        isFailing = false;
        throw new Error("the mark cannot be written");
      };
      await expect(owner.submit("checkin", statement)).rejects.toThrow();
      const time = () => inStore(test, (db) => db.prepare("select attended_ms, recorded_wall from keyholder").get());
      const onDisk = time();
      const promised = (await owner.submit("checkin", statement)).rows[0]?.earliest.silence ?? 0;
      test.clock.jumpWall(-30 * dayMs);
      await test.keyholder.tick();
      expect(time()).toMatchObject({ recorded_wall: onDisk?.["recorded_wall"] });
      let openedAt = 0;
      for (let i = 0; i < 4 * 200 && openedAt === 0; i++) {
        await silence(test, tickMs);
        const isOpen = await fetchShare(owner, b, person).then(
          () => true,
          () => false,
        );
        if (isOpen) openedAt = test.clock.nowMs();
      }
      expect(openedAt).toBeGreaterThanOrEqual(promised);
    }));
});
