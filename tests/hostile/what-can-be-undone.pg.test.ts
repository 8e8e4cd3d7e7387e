import { dayMs } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, codeOf, type Household, openHousehold, passphrase, someoneAt } from "./a-household.ts";

let household: Household;
let b: string;

beforeAll(async () => {
  household = await openHousehold();
  b = await armBequest(household);
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

/** Somebody signs a shorter bequest on this owner's device. */
async function loosen(): Promise<void> {
  const { afterkeep } = household.owner;
  const { draft } = await afterkeep.getBequest(b);
  const times = { ...draft.times, interval: draft.times.interval - dayMs };
  await afterkeep.updateBequest(b, { ...draft, times });
  await afterkeep.arm(b, { preview: await afterkeep.previewArming(b) });
}

async function anotherDevice(): Promise<string> {
  const before = new Set((await household.owner.afterkeep.listDevices()).map(({ key }) => key));
  const totpCode = () => codeOf(household.stack, household.totpSecret);
  await someoneAt(household.server).afterkeep.signIn({ email: "ada@example.test", passphrase, totpCode });
  const key = (await household.owner.afterkeep.listDevices()).find((one) => !before.has(one.key))?.key;
  return key ?? expect.fail("no device was added");
}

describe("an owner who disarms", () => {
  it("drops what cools, and their check-ins count though the newest policy is gone", async () => {
    const { afterkeep } = household.owner;
    await loosen();
    expect((await afterkeep.checkIn()).receipt.pending.loosenings).toHaveLength(1);
    await afterkeep.disarm(b);
    expect(await afterkeep.checkIn()).toMatchObject({ counted: true, rows: [{ state: "disarmed" }] });
    await afterkeep.arm(b);
    await household.stack.silence(8 * dayMs);
    expect(await afterkeep.checkIn()).toMatchObject({ counted: true, rows: [{ state: "armed" }] });
  });
});

describe("an owner who takes a device away", () => {
  it("is told that nothing cools any more, and their check-ins count though the newest policy is gone", async () => {
    const { afterkeep } = household.owner;
    const key = await anotherDevice();
    await loosen();
    const cooling = (await afterkeep.checkIn()).receipt.pending.loosenings;
    expect(cooling.map((one) => one.b)).toEqual([b]);
    const { receipt } = await afterkeep.revokeDevice(key);
    expect(receipt.pending.loosenings).toEqual([]);
    expect(receipt.rows[0]?.policyHash).not.toBe(cooling[0]?.policyHash);
    expect(await afterkeep.checkIn()).toMatchObject({ counted: true, unknownChanges: false });
    await household.stack.silence(8 * dayMs);
    expect((await afterkeep.checkIn()).receipt.rows[0]?.policyHash).toBe(receipt.rows[0]?.policyHash);
  });
});

describe("who has nothing but the mailbox of an owner whose bequest is handed over", () => {
  const press = async () => {
    const account = (await household.owner.store.load())?.account ?? "";
    const asClock = { caller: "clock", requestId: "test" } as const;
    const { token } = await household.stack.keyholder.handlers.mintToken({ account }, asClock);
    return someoneAt(household.server).afterkeep.checkInByToken(token);
  };

  it("is told that it waits and until when, once; and it goes on by itself", async () => {
    const { owner, recipient, stack } = household;
    await stack.silence(55 * dayMs);
    const { handOvers, at, earliestMs } = await press();
    expect(handOvers).toEqual([{ b, title: "", waitsUntilMs: at + 3 * dayMs }]);
    expect(earliestMs).toBe(at + 3 * dayMs);
    const [row] = (await owner.afterkeep.status()).switches;
    expect(row).toMatchObject({ state: "releasing", waitsFor: "weak-sign", earliestMs: at + 3 * dayMs });
    expect((await recipient.afterkeep.recipientView()).releases).toMatchObject([{ b, keptUntil: at + 3 * dayMs }]);
    await expect(recipient.afterkeep.openRelease(b)).rejects.toThrow(new Date(at + 3 * dayMs).toISOString());
    await stack.silence(dayMs);
    await expect(press()).rejects.toThrow("This check-in did NOT count");
    await stack.silence(2.25 * dayMs);
    expect((await recipient.afterkeep.openRelease(b)).documents).toHaveLength(1);
  });
});
