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

async function anotherDevice() {
  const { server, stack, totpSecret } = household;
  const { afterkeep } = someoneAt(server);
  await afterkeep.signIn({ email: "ada@example.test", passphrase, totpCode: () => codeOf(stack, totpSecret) });
  return afterkeep;
}

/** Somebody at one of the owner's devices lets it open a week sooner. */
async function loosen(at: Household["owner"]["afterkeep"]) {
  const { draft } = await at.getBequest(b);
  await at.updateBequest(b, { ...draft, times: { ...draft.times, grace: draft.times.grace - 7 * dayMs } });
  return at.arm(b);
}

describe("a loosening that somebody signed on another device of the owner's", () => {
  it("is told by a check-in, a pause and a status, and only the device that signed it takes it for its own", async () => {
    const { owner, stack } = household;
    const second = await anotherDevice();
    const [mine] = (await loosen(second)).loosenings;
    expect(mine).toMatchObject({ b, title: "For Bo", isOwn: true, isProven: true });
    const theirs = { ...mine, isOwn: false };
    expect((await owner.afterkeep.status()).loosenings).toEqual([theirs]);
    expect(household.server.last("getStatus").switches).toMatchObject([
      { b, cooling: [{ policyHash: mine?.policyHash }] },
    ]);
    await stack.silence(dayMs);
    expect((await owner.afterkeep.checkIn()).loosenings).toEqual([theirs]);
    expect((await owner.afterkeep.pause(b, dayMs)).loosenings).toEqual([theirs]);
    expect((await owner.afterkeep.pause(b, 0)).loosenings).toEqual([theirs]);
    expect((await second.checkIn()).loosenings).toEqual([mine]);
  });

  it("is hidden by no server from a device that holds a receipt which names it", async () => {
    const { owner, server } = household;
    const { loosenings } = await owner.afterkeep.checkIn();
    expect(loosenings).toHaveLength(1);
    const hides = (more: object) =>
      server.change("getStatus", (answer) => ({
        ...answer,
        ...more,
        switches: answer.switches.map((row) => ({ ...row, cooling: [] })),
      }));
    hides({});
    expect((await owner.afterkeep.status()).loosenings).toEqual(loosenings);
    hides({ lastReceipt: "" });
    expect((await owner.afterkeep.status()).loosenings).toEqual(loosenings);
  });

  it("is over with the answer to a disarm", async () => {
    const { owner } = household;
    expect((await owner.afterkeep.disarm(b)).loosenings).toEqual([]);
    expect((await owner.afterkeep.status()).loosenings).toEqual([]);
  });
});
