import { dayMs } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { operatorSeeds } from "../stack/a-freeze.ts";
import { codeOfRefusal } from "./code-of-refusal.ts";
import { armBequest, type Household, openHousehold, someoneAt } from "./a-household.ts";

let household: Household;
const [ivy, jan] = operatorSeeds;

beforeAll(async () => {
  household = await openHousehold();
  await armBequest(household);
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

/** The keyholder's signed state as it is now, kept for later. */
async function keptState(): Promise<{ state: string }> {
  await someoneAt(household.server).afterkeep.freeze();
  return household.server.last("getFreeze");
}

/** One operator signs and the other confirms, each from a device of their own. */
async function order(what: "freeze" | "thaw") {
  const half = await someoneAt(household.server).afterkeep.signFreezeOrder(ivy, {
    what,
    forMs: what === "freeze" ? 10 * dayMs : 0,
  });
  return someoneAt(household.server).afterkeep.confirmFreezeOrder(jan, half);
}

/** Orders a thaw, and answers something else to whoever confirms it. */
async function thawAnswered(answer: { state: string }): Promise<string> {
  household.server.change("orderFreeze", () => answer);
  const code = await codeOfRefusal(order("thaw"));
  household.server.honest();
  return code;
}

describe("operators over a server that lies", () => {
  it("are not told that all is thawed by what was signed before it was frozen, also where the keyholder's time stood still", async () => {
    const before = await keptState();
    expect(await order("freeze")).toMatchObject({ isFrozen: true });
    expect(await thawAnswered(before)).toBe("order-invalid");
  });

  it("believe the answer to their own thaw, and not that to an earlier one", async () => {
    await order("freeze");
    expect(await order("thaw")).toMatchObject({ isFrozen: false, untilMs: null });
    const thawed = household.server.last("orderFreeze");
    await order("freeze");
    expect(await thawAnswered(thawed)).toBe("order-invalid");
  });

  it("are not told that an order was obeyed by what stands while it is kept back", async () => {
    await household.stack.silence(91 * dayMs);
    await order("freeze");
    expect(await thawAnswered(await keptState())).toBe("order-invalid");
    expect(await codeOfRefusal(someoneAt(household.server).afterkeep.freeze())).toBe("it was believed");
  });

  it("believe no freeze that another keyholder signed", async () => {
    household.server.change("getFreeze", ({ state }) => ({ state: `${state.slice(0, -4)}AAAA` }));
    expect(await codeOfRefusal(someoneAt(household.server).afterkeep.freeze())).toBe("keyholder-changed");
  });
});

describe("an owner over a server that lies", () => {
  it("is shown no freeze that lasts longer than any may", async () => {
    const { owner, server } = household;
    await owner.afterkeep.status();
    const { now } = server.last("getStatus");
    const [row] = server.last("getStatus").switches;
    const claim = (days: number) =>
      server.change("getStatus", (answer) => ({
        ...answer,
        switches: row === undefined ? [] : [{ ...row, state: "frozen", frozenUntil: now + days * dayMs }],
      }));
    claim(30);
    expect((await owner.afterkeep.status()).switches[0]?.frozenUntilMs).toBe(now + 30 * dayMs);
    claim(30.1);
    expect(await codeOfRefusal(owner.afterkeep.status())).toBe("server-answer-invalid");
  });
});
