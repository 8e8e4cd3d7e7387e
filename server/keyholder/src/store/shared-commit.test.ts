import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import type { CommitStep } from "./store.ts";

describe("check-ins that arrive together", () => {
  it("share one commit, and each gets the receipt for its own", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await test.pass(5 * dayMs);
      const statements = [await owner.signCheckIn(), await owner.signCheckIn(), await owner.signCheckIn()];
      const steps: CommitStep[] = [];
      test.onCommitStep = (step) => steps.push(step);
      const receipts = await Promise.all(statements.map((statement) => owner.submit("checkin", statement)));
      expect(
        steps.filter((step) => step === "begun"),
        "the time and all of them",
      ).toHaveLength(1);
      expect(receipts.map(({ counter }) => counter)).toEqual([0, 1, 2].map((i) => (receipts[0]?.counter ?? 0) + i));
      expect(receipts[2]?.statement).toBe((await switchOf(owner, b)).lastSign);
    }));

  it("do not suffer from one that is refused", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await test.pass(5 * dayMs);
      const [good, bad, other] = [await owner.signCheckIn(), await owner.signCheckIn(), await owner.signCheckIn()];
      const forged = bad.slice(0, -8) + (bad.endsWith("AAAAAAAA") ? "BBBBBBBB" : "AAAAAAAA");
      const answers = await Promise.allSettled([good, forged, other].map((one) => owner.submit("checkin", one)));
      expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect((await switchOf(owner, b)).used).toBe(0);
    }));

  it.each(["begun", "written", "committed", "marked"] as const)(
    "are all heard or all unheard after a crash at '%s'",
    (step) =>
      withKeyholder(async (test) => {
        const owner = await anOwner(test);
        const { b } = await armed(owner, [await aPerson()]);
        const before = (await switchOf(owner, b)).lastSign;
        await test.pass(5 * dayMs);
        const statements = [await owner.signCheckIn(), await owner.signCheckIn()];
        test.onCommitStep = (reached) => {
          if (reached === step) throw new Error("crash");
        };
        const answers = await Promise.allSettled(statements.map((one) => owner.submit("checkin", one)));
        expect(
          answers.map(({ status }) => status),
          "nobody is told before it is certain",
        ).toEqual(["rejected", "rejected"]);
        test.onCommitStep = () => {};
        await test.restart();
        const isHeard = step === "committed" || step === "marked";
        expect((await switchOf(owner, b)).lastSign !== before).toBe(isHeard);
        const again = await Promise.allSettled(statements.map((one) => owner.submit("checkin", one)));
        expect(again.map(({ status }) => status)).toEqual(
          isHeard ? ["fulfilled", "fulfilled"] : ["rejected", "rejected"],
        );
      }),
  );

  it("count no time that the disk did not take with them", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      await test.pass(5 * dayMs);
      const before = (await switchOf(owner, b)).used;
      const statement = await owner.signCheckIn();
      test.clock.advance(dayMs / 4);
      test.onCommitStep = (reached) => {
        if (reached === "written") throw new Error("the disk is full");
      };
      await expect(owner.submit("checkin", statement)).rejects.toThrow("the disk is full");
      test.onCommitStep = () => {};
      expect((await switchOf(owner, b)).used, "not in memory").toBe(before);
      await test.keyholder.tick();
      expect((await switchOf(owner, b)).used, "and not by the next step").toBe(before);
      await test.pass(dayMs);
      expect((await switchOf(owner, b)).used).toBeGreaterThan(before);
    }));
});
