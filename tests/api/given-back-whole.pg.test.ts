import { giveBackUnasked } from "@afterkeep/api/give-back-unasked";
import { InvariantError } from "@afterkeep/platform";
import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { type Stack, withStack } from "../stack/a-stack.ts";
import { disarm } from "../stack/a-stop.ts";
import { anOwner, type Owner, randomHash } from "../stack/an-owner.ts";

async function pin(owner: Owner): Promise<void> {
  const { r, ageKey } = await aRecipient(owner);
  const body = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
  await owner.submit("pin", await owner.signControl("pin", (fields) => ({ ...fields, ...body })));
}

async function inDatabase(stack: Stack, command: string): Promise<number | null> {
  const admin = stack.database.pool("superuser");
  const { rowCount } = await admin.query(command);
  await admin.end();
  return rowCount;
}

/** A keyholder's store that was put back, and an owner of whom the api keeps a disarm, and two pins that came after it, which it lost. */
async function aRestored(stack: Stack) {
  const owner = await anOwner(stack);
  const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
  const copy = await stack.backUpKeyholder();
  await disarm(owner, { b, policyHash });
  for (const _ of ["before the newest", "the newest"]) await pin(owner);
  await stack.restoreKeyholder(copy);
  return { owner, copy };
}

/** How often everything of an account was asked for from its beginning, as no hourly comparison does it: in each turn once. */
function looksAtAll(stack: Stack, { account }: Owner): () => number {
  const asked = vi.spyOn(stack.api.services.keyholder, "statements");
  return () => {
    const { length } = asked.mock.calls.filter(([one]) => one.account === account && one.from === 0);
    asked.mockClear();
    return length;
  };
}

const turn = (stack: Stack) => giveBackUnasked(stack.api.services);

describe("everything that a restored keyholder is given back", () => {
  it("is given once, whichever process of the api looks, and again to the next one that is restored", () =>
    withStack(async (stack) => {
      const { owner, copy } = await aRestored(stack);
      const looks = looksAtAll(stack, owner);
      for (const times of [1, 0, 0]) {
        await turn(stack);
        expect(looks()).toBe(times);
      }
      await stack.restoreKeyholder(copy);
      for (const times of [1, 0]) {
        await turn(stack);
        expect(looks()).toBe(times);
      }
    }));

  it("is given again in the next turn where an account of that turn could not have it", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      const other = await anOwner(stack);
      const looks = looksAtAll(stack, owner);
      const failing = vi.spyOn(stack.api.services.keyholder, "importStatements");
      failing.mockImplementation(async () => {
        throw new InvariantError("damaged", "Something went wrong on our side.");
      });
      await turn(stack);
      failing.mockRestore();
      looks();
      const ofOther = looksAtAll(stack, other);
      await turn(stack);
      expect(ofOther()).toBe(1);
      await turn(stack);
      expect([looks(), ofOther()]).toEqual([0, 0]);
    }));

  it("is given again where the database went back to before that turn began", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      const looks = looksAtAll(stack, owner);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      const once = vi.spyOn(keyholder, "importStatements").mockImplementation(async (given) => {
        await inDatabase(stack, "update given_back set turn = 'an earlier one'");
        return importStatements(given);
      });
      await turn(stack);
      expect([looks(), once.mock.calls.length > 0]).toEqual([1, true]);
      once.mockRestore();
      for (const times of [1, 0]) {
        await turn(stack);
        expect(looks()).toBe(times);
      }
    }));

  it("is looked at once more where the database lacked something, and what a fail-over took of it meanwhile is there again", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      await turn(stack);
      await inDatabase(stack, "update given_back set instance = null, commits = null");
      const lose = async () => inDatabase(stack, "delete from statement where kind = 'disarm'");
      await lose();
      const looks = looksAtAll(stack, owner);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      // Its first write is lost as soon as it was made; the second one stays.
      const after = vi.spyOn(keyholder, "importStatements").mockImplementationOnce(async (given) => {
        expect(await lose()).toBe(1);
        return importStatements(given);
      });
      await turn(stack);
      expect([looks(), await inDatabase(stack, "select from statement where kind = 'disarm'")]).toEqual([3, 1]);
      after.mockRestore();
      await turn(stack);
      expect(looks()).toBe(0);
    }));

  it("is given to a keyholder that took the place of another one within that turn", () =>
    withStack(async (stack) => {
      const { owner, copy } = await aRestored(stack);
      await turn(stack);
      await inDatabase(stack, "update given_back set instance = null, commits = null");
      const looks = looksAtAll(stack, owner);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      const once = vi.spyOn(keyholder, "importStatements").mockImplementationOnce(async (given) => {
        const answer = await importStatements(given);
        await stack.restoreKeyholder(copy);
        return answer;
      });
      await turn(stack);
      once.mockRestore();
      looks();
      for (const times of [1, 0]) {
        await turn(stack);
        expect(looks()).toBe(times);
      }
    }));

  it("is given again to a keyholder whose whole folder was put back to before that turn, though nothing else tells of it", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      const copy = await stack.backUpKeyholder();
      const looks = looksAtAll(stack, owner);
      await turn(stack);
      expect(looks()).toBe(1);
      await stack.restoreKeyholderFolder(copy);
      for (const times of [1, 0]) {
        await turn(stack);
        expect(looks()).toBe(times);
      }
      expect((await stack.keyholder.handlers.info({}, { caller: "api", requestId: "test" })).epoch).toBe(2);
    }));

  it("is given whole to a keyholder of which the database that stands here now knows nothing", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      const looks = looksAtAll(stack, owner);
      await turn(stack);
      looks();
      await inDatabase(stack, "update given_back set instance = 'of the keyholder before'");
      await turn(stack);
      expect(looks()).toBe(1);
    }));
});
