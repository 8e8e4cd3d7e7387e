import { dayMs } from "@afterkeep/sdk";
import { afterAll, describe, expect, it } from "vitest";
import { armBequest, type Household, openHousehold } from "./a-household.ts";

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** Armed, disarmed and armed again by its owner, over a keyholder that was put back to before the last of these. */
async function aHouseholdPutBack(): Promise<Household & { readonly b: string }> {
  const household = await openHousehold();
  closing.push(household.close);
  const { owner, stack } = household;
  const b = await armBequest(household);
  await owner.afterkeep.disarm(b);
  const copy = await stack.backUpKeyholder();
  await owner.afterkeep.arm(b);
  expect((await owner.afterkeep.checkIn()).rows.map(({ state }) => state)).toEqual(["armed"]);
  await stack.restoreKeyholder(copy);
  return { ...household, b };
}

describe("a keyholder that was put back to between a disarm and the arming that followed", { timeout: 120_000 }, () => {
  it("counts every check-in of its owner, whose device names what to arm again until they do", async () => {
    const { owner, b } = await aHouseholdPutBack();
    for (const counted of [await owner.afterkeep.checkIn(), await owner.afterkeep.checkIn()])
      expect(counted).toMatchObject({ counted: true, lapsed: [{ b }], rows: [{ b, state: "disarmed" }] });
    await owner.afterkeep.arm(b);
    expect(await owner.afterkeep.checkIn()).toMatchObject({ lapsed: [], rows: [{ b, state: "armed" }] });
  });

  it("counts a pause and a disarm of theirs too", async () => {
    const { owner, b } = await aHouseholdPutBack();
    expect(await owner.afterkeep.pause(b, dayMs)).toMatchObject({ counted: true });
    expect(await owner.afterkeep.disarm(b)).toMatchObject({ counted: true });
    await owner.afterkeep.arm(b);
    expect(await owner.afterkeep.checkIn()).toMatchObject({ lapsed: [], rows: [{ b, state: "armed" }] });
  });
});
