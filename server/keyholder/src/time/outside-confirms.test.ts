import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson } from "../testing/an-owner.ts";
import { switchOf } from "../testing/a-silence.ts";
import { OutsideClock } from "./outside-clock.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const asClock = { caller: "clock", requestId: "test" } as const;

type Outside = { isSilent: boolean; offsetMs: number; asked: number };

/** A keyholder with one outside clock that shows true time; the wall clock is the machine's and may be wrong. */
function withOutside(work: (test: TestKeyholder, outside: Outside) => Promise<void>): Promise<void> {
  return withKeyholder(async (test) => {
    const outside: Outside = { isSilent: false, offsetMs: 0, asked: 0 };
    const begun = test.clock.nowMs() - test.clock.monotonicMs();
    test.stop();
    test.outsideClock = new OutsideClock(["https://time.example"], async () => {
      outside.asked++;
      return outside.isSilent ? null : begun + test.clock.monotonicMs() + outside.offsetMs;
    });
    await test.start();
    await test.pass(10 * minuteMs);
    await work(test, outside);
  }, real);
}

async function moment(test: TestKeyholder): Promise<{ attendedMs: number; nowWallMs: number }> {
  return test.keyholder.handlers.switches({ after: 0, limit: 1 }, asClock);
}

/** The machine's clock falls back by an hour and is put right after ten minutes, but for `wrongMs`. */
async function fallsBack(test: TestKeyholder, wrongMs = 0): Promise<void> {
  test.clock.jumpWall(-hourMs);
  await test.pass(10 * minuteMs);
  test.clock.jumpWall(hourMs + wrongMs);
}

describe("a clock that was behind, with an outside clock", () => {
  it("is believed again as soon as that agrees", () =>
    withOutside(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armed(owner, [await aPerson()]);
      test.clock.jumpWall(-hourMs);
      await test.pass(10 * minuteMs);
      const { attendedMs } = await moment(test);
      expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
      test.clock.jumpWall(hourMs);
      await test.pass(5 * minuteMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
      expect((await moment(test)).attendedMs - attendedMs).toBeGreaterThanOrEqual(3 * minuteMs);
    }));

  it(
    "gets no credit while that differs, although it has caught up, and everything is held after a week",
    () =>
      withOutside(async (test) => {
        const owner = await anOwner(test);
        const { b } = await armed(owner, [await aPerson()]);
        await fallsBack(test, 10 * minuteMs);
        const before = await moment(test);
        await test.pass(6 * dayMs);
        expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
        expect((await moment(test)).attendedMs).toBe(before.attendedMs);
        await test.pass(dayMs + hourMs);
        expect((await switchOf(owner, b)).state).toBe("held");
        await test.pass(hourMs);
        expect((await moment(test)).attendedMs).toBeGreaterThan(before.attendedMs);
      }),
    120_000,
  );

  it(
    "is believed after a day in which nobody outside answers, and not before, also across a restart",
    () =>
      withOutside(async (test, outside) => {
        const owner = await anOwner(test);
        const { b } = await armed(owner, [await aPerson()]);
        outside.isSilent = true;
        await fallsBack(test);
        await test.pass(12 * hourMs);
        await test.restart();
        await test.pass(11 * hourMs);
        expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
        await test.pass(hourMs - 11 * minuteMs);
        expect(await switchOf(owner, b)).toMatchObject({ state: "frozen", waitsFor: "clock" });
        // A day to the minute since the clock fell back.
        await test.pass(minuteMs);
        expect(await switchOf(owner, b)).toMatchObject({ state: "armed", waitsFor: "" });
      }),
    120_000,
  );
});

describe("a clock that leapt ahead, with an outside clock", () => {
  it("is followed after an hour only if that agrees, and time goes on meanwhile", () =>
    withOutside(async (test) => {
      const before = await moment(test);
      test.clock.jumpWall(3 * dayMs);
      await test.pass(5 * hourMs);
      const after = await moment(test);
      expect(after.nowWallMs - before.nowWallMs).toBe(5 * hourMs);
      expect(after.attendedMs - before.attendedMs).toBe(5 * hourMs);
    }));

  it("is followed where that has leapt too", () =>
    withOutside(async (test, outside) => {
      const before = await moment(test);
      test.clock.jumpWall(3 * dayMs);
      outside.offsetMs = 3 * dayMs;
      await test.pass(2 * hourMs);
      expect((await moment(test)).nowWallMs - before.nowWallMs).toBe(3 * dayMs + 2 * hourMs);
    }));

  it(
    "is followed after a day where nobody outside answers",
    () =>
      withOutside(async (test, outside) => {
        const before = await moment(test);
        outside.isSilent = true;
        test.clock.jumpWall(3 * dayMs);
        await test.pass(23 * hourMs);
        expect((await moment(test)).nowWallMs - before.nowWallMs).toBe(23 * hourMs);
        await test.pass(2 * hourMs);
        expect((await moment(test)).nowWallMs - before.nowWallMs).toBe(3 * dayMs + 25 * hourMs);
      }),
    60_000,
  );
});

describe("an outside clock", () => {
  it.each([
    ["falls back", -hourMs, 1],
    ["has leapt ahead", hourMs, 2],
  ])("is asked at the first tick that finds that the machine's clock %s", (_, ms, ticks) =>
    withOutside(async (test, outside) => {
      test.clock.jumpWall(ms);
      await test.pass((ticks - 1) * minuteMs);
      expect(outside.asked).toBe(0);
      await test.pass(minuteMs);
      expect(outside.asked).toBe(1);
    }),
  );

  it("is not asked while nothing is in doubt", () =>
    withOutside(async (test, outside) => {
      await test.pass(3 * hourMs);
      expect(outside.asked).toBe(0);
      await fallsBack(test);
      // The time that was missed is a leap, which is followed after an hour.
      await test.pass(2 * hourMs);
      const { asked } = outside;
      expect(asked).toBeGreaterThan(0);
      await test.pass(3 * hourMs);
      expect(outside.asked).toBe(asked);
    }));
});
