import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";

async function anAcceptingOwner(stack: Stack): Promise<Owner> {
  const owner = await anOwner(stack);
  await anArmedBequest(owner, await aRecipient(owner), { classes: ["signed", "attested"] });
  return owner;
}

const newest = async (owner: Owner) => {
  const { lastReceipt } = await owner.ask("getStatus");
  return openStatement("receipt", lastReceipt, await owner.keyholderKey()).body;
};
const actionsOf = async (owner: Owner) => {
  await owner.stack.sequence();
  return (await owner.ask("getLog")).leaves.map(({ action }) => action);
};

type Attest = Stack["api"]["services"]["keyholder"]["attest"];
/** Stands between the api and the keyholder. @param make is given the real one */
function between(stack: Stack, make: (real: Attest) => Attest): void {
  const { keyholder } = stack.api.services;
  Object.assign(keyholder, { attest: make(keyholder.attest) });
}

describe("signing in with every factor", () => {
  it("counts as a weak sign where the policy says so, is kept as the newest receipt, and leaves a leaf", () =>
    withStack(async (stack) => {
      const owner = await anAcceptingOwner(stack);
      await stack.silence(20 * dayMs);
      await owner.signIn();
      await stack.settle();
      const receipt = await newest(owner);
      expect(receipt.weak).toMatchObject({ class: "attested", rows: [{ left: 40 * dayMs }] });
      expect((await owner.ask("getStatus")).switches[0]).toMatchObject({ state: "armed", used: 0 });
      expect((await actionsOf(owner)).slice(-2)).toEqual(["session.opened", "statement.attested"]);
      await owner.signIn();
      await stack.settle();
      expect((await newest(owner)).counter).toBe(receipt.counter + 1);
    }));

  it("leaves nothing where no bequest accepts it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await anArmedBequest(owner, await aRecipient(owner));
      await stack.silence(20 * dayMs);
      const before = await stack.rowCounts();
      await owner.signIn();
      await stack.settle();
      const after = await stack.rowCounts();
      expect(after["statement"]).toBe(before["statement"]);
      expect((await newest(owner)).weak).toBeUndefined();
      expect((await owner.ask("getStatus")).switches[0]?.used).toBeGreaterThanOrEqual(19 * dayMs);
      expect(await actionsOf(owner)).not.toContain("statement.attested");
    }));

  it("counts for nothing while a factor is missing", () =>
    withStack(async (stack) => {
      const owner = await anAcceptingOwner(stack);
      await stack.silence(20 * dayMs);
      const wrong = await owner.trySignIn({ code: "000000" });
      const noPassphrase = await owner.trySignIn({ passphrase: "another one" });
      expect([wrong.status, noPassphrase.status]).toEqual([401, 401]);
      await stack.settle();
      await owner.signIn();
      await stack.settle();
      expect((await actionsOf(owner)).filter((action) => action === "statement.attested")).toHaveLength(1);
    }));

  it("works though the keyholder refuses to hear of it, or never answers", () =>
    withStack(async (stack) => {
      const owner = await anAcceptingOwner(stack);
      const heard: string[] = [];
      let real: Attest | undefined;
      between(stack, (attest) => {
        real = attest;
        return ({ event }) => {
          heard.push(event);
          return Promise.reject(new Error("away"));
        };
      });
      await owner.signIn();
      await stack.settle();
      // Told twice of the very same, since an answer may have been lost.
      expect([heard.length, new Set(heard).size]).toEqual([2, 1]);
      let answer: (() => void) | undefined;
      between(stack, () => async (request) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return (real ?? expect.fail())(request);
      });
      await owner.signIn();
      expect((await owner.ask("getStatus")).switches).toHaveLength(1);
      answer?.();
      await stack.settle();
      expect((await newest(owner)).weak?.class).toBe("attested");
    }));

  it("counts once where the first answer was lost", () =>
    withStack(async (stack) => {
      const owner = await anAcceptingOwner(stack);
      let told = 0;
      between(stack, (attest) => async (request) => {
        const answer = await attest(request);
        if (told++ === 0) throw new Error("the line broke");
        return answer;
      });
      const { counter } = await newest(owner);
      await owner.signIn();
      await stack.settle();
      expect([told, (await newest(owner)).counter]).toEqual([2, counter + 1]);
    }));
});
