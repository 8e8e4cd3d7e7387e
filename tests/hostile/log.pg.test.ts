import { RefusedError } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Household, openHousehold, restarted } from "./a-household.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
  await household.stack.sequence();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function expectForked(attempt: Promise<unknown>): Promise<void> {
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RefusedError);
  expect((error as RefusedError).code).toBe("log-forked");
}

describe("the public log", () => {
  it("shows an owner their entries, each proved to be in it", async () => {
    const { size, leaves } = await household.owner.afterkeep.verifyLog();
    expect(size).toBeGreaterThan(3);
    expect(leaves.map(({ action }) => action)).toContain("statement.key");
  });

  it("may grow, and is asked to prove that it only grew", async () => {
    const before = await household.owner.afterkeep.verifyLog();
    await household.owner.afterkeep.checkIn();
    await household.stack.sequence();
    const after = await household.owner.afterkeep.verifyLog();
    expect(after.size).toBeGreaterThan(before.size);
    await household.owner.afterkeep.checkIn();
    await household.stack.sequence();
    household.server.change("getLog", (answer) => ({ ...answer, consistency: answer.consistency.slice(1) }));
    await expectForked(household.owner.afterkeep.verifyLog());
  });

  it("is refused when it is shorter than it was, also after a restart", async () => {
    await household.owner.afterkeep.verifyLog();
    const old = household.server.last("getLog");
    await household.owner.afterkeep.checkIn();
    await household.stack.sequence();
    await household.owner.afterkeep.verifyLog();
    household.server.change("getLog", () => old);
    await expectForked(household.owner.afterkeep.verifyLog());
    await expectForked(restarted(household, household.owner).verifyLog());
  });

  it("is refused when an entry was changed, moved or has no proof", async () => {
    const changes = [{ leaf: "eyJ2IjoxfQ" }, { index: 1 }, { proof: [] }];
    for (const change of changes) {
      household.server.change("getLog", (answer) => ({
        ...answer,
        leaves: answer.leaves.map((leaf, i) => (i === 0 ? { ...leaf, ...change } : leaf)),
      }));
      await expectForked(household.owner.afterkeep.verifyLog());
    }
  });

  it("is refused under another signature or another log's key", async () => {
    household.server.change("getLog", (answer) => ({
      ...answer,
      checkpoint: answer.checkpoint.replace(/.{8}=*\n$/, "AAAAAAAA\n"),
    }));
    await expectForked(household.owner.afterkeep.verifyLog());
    household.server.honest();
    household.server.change("getServer", (answer) => ({
      ...answer,
      logVerifierKey: answer.logVerifierKey.replace("log+", "other+"),
    }));
    await expectForked(household.owner.afterkeep.verifyLog());
  });

  it("says what the proved entry says, not what stands beside it", async () => {
    household.server.change("getLog", (answer) => ({
      ...answer,
      leaves: answer.leaves.map((leaf) => ({ ...leaf, action: "nothing.happened" })),
    }));
    const { leaves } = await household.owner.afterkeep.verifyLog();
    expect(leaves.map(({ action }) => action)).not.toContain("nothing.happened");
  });
});
