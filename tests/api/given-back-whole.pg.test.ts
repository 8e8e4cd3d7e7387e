import { giveBackUnasked, type GivenBack, nothingGivenBack } from "@afterkeep/api/give-back-unasked";
import { DependencyError, InvariantError, pgId } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { commit, vault } from "../stack/a-document.ts";
import { pin } from "../stack/a-pin.ts";
import { type Stack, withStack } from "../stack/a-stack.ts";
import { disarm } from "../stack/a-stop.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

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

/**
 * A keyholder's store that was put back, which lacks each owner's disarm behind the newest of the chain, where no hourly comparison looks. Also a copy of it, and one of before.
 */
async function withHoles(stack: Stack, count: number) {
  const owners: Owner[] = [];
  const plans = [];
  for (let i = 0; i < count; i++) owners.push(await anOwner(stack));
  for (const owner of owners) plans.push(await anArmedBequest(owner, await aRecipient(owner)));
  const before = await stack.backUpKeyholder();
  for (const { owner, b, policyHash } of plans) await disarm(owner, { b, policyHash });
  await stack.restoreKeyholder(before);
  const failing = vi.spyOn(stack.api.services.keyholder, "importStatements").mockRejectedValue(new Error("not now"));
  for (const owner of [...owners, ...owners]) await pin(owner);
  failing.mockRestore();
  // In the database's order, which is that of the bytes.
  const idOf = ({ account }: Owner) => Buffer.from(account, "base64url");
  owners.sort((a, b) => Buffer.compare(idOf(a), idOf(b)));
  return { owners, copy: await stack.backUpKeyholder() };
}

async function aHole(stack: Stack) {
  const { owners, copy } = await withHoles(stack, 1);
  return { owner: owners[0] as Owner, copy };
}

/** How often everything of an account was asked for from its beginning, as no hourly comparison does it: in each turn once. */
function looksAtAll(stack: Stack, ...owners: Owner[]): () => number[] {
  const asked = vi.spyOn(stack.api.services.keyholder, "statements");
  return () => {
    const whole = asked.mock.calls.filter(([{ from }]) => from === 0).map(([{ account }]) => account);
    asked.mockClear();
    return owners.map((owner) => whole.filter((account) => account === owner.account).length);
  };
}

/** What one process of the api does every hour. */
function aProcess(stack: Stack): () => Promise<void> {
  const done: GivenBack = nothingGivenBack();
  return async () => giveBackUnasked(stack.api.services, done);
}

const newestOf = async ({ stack, account }: Owner) =>
  (await stack.keyholder.handlers.switches({ account }, asApi)).items[0]?.state;

describe("everything that a restored keyholder is given back", () => {
  it("is given where something differs, and again to the next one that is restored", () =>
    withStack(async (stack) => {
      const { owner, copy } = await aHole(stack);
      const looks = looksAtAll(stack, owner);
      const [one, other] = [aProcess(stack), aProcess(stack)];
      for (const [turn, times] of [
        [one, 1],
        [other, 0],
        [one, 0],
      ] as const) {
        await turn();
        expect(looks()).toEqual([times]);
        expect(await newestOf(owner)).toBe("disarmed");
      }
      await stack.restoreKeyholder(copy);
      for (const times of [1, 0]) {
        await one();
        expect(looks()).toEqual([times]);
      }
    }));

  it("is compared once by each process of the api with each run of the keyholder, and where nothing differs nothing is sent", () =>
    withStack(async (stack) => {
      const owners = [(await aRestored(stack)).owner, await anOwner(stack), await anOwner(stack)];
      for (const owner of owners) await pin(owner);
      await aProcess(stack)();
      const { keyholder } = stack.api.services;
      const sent = [vi.spyOn(keyholder, "statements"), vi.spyOn(keyholder, "importStatements")] as const;
      const compared = vi.spyOn(keyholder, "compareWhole");
      const [one, other] = [aProcess(stack), aProcess(stack)];
      for (const turn of [one, one, other]) await turn();
      expect(compared).toHaveBeenCalledTimes(2);
      const named = compared.mock.calls[0]?.[0].accounts.map(({ account }) => account) ?? [];
      expect(new Set(named)).toEqual(new Set(owners.map(({ account }) => account)));
      await stack.backUpKeyholder();
      await one();
      expect(compared).toHaveBeenCalledTimes(3);
      expect(sent.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    }));

  it("is given where the keyholder has all of it and has not obeyed it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      const copy = await stack.backUpKeyholder();
      await disarm(owner, { b, policyHash });
      await stack.restoreKeyholder(copy);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      // As one does that dies before the last page.
      const broken = vi
        .spyOn(keyholder, "importStatements")
        .mockImplementation(async (given) => importStatements({ ...given, more: true }));
      await giveBackUnasked(stack.api.services);
      broken.mockRestore();
      expect(await newestOf(owner)).toBe("held");
      await aProcess(stack)();
      expect(await newestOf(owner)).toBe("disarmed");
    }));

  it("is given where the two have different receipts of one statement, and a list that is still an offer is kept", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      const other = await anOwner(stack);
      await commit(other, vault(1), []);
      for (const one of [owner, other]) for (const _ of ["behind", "the newest"]) await pin(one);
      await aProcess(stack)();
      const looks = looksAtAll(stack, owner, other);
      await inDatabase(
        stack,
        "update statement set receipt = (select receipt from statement where kind = 'policy') where kind = 'disarm'",
      );
      await inDatabase(
        stack,
        `insert into manifest_offer (tenant, statement_id, b, g, mseq, body, docs, vers, revs, header_revs, metadata, size, offered_at)
         select tenant, statement_id, b, g, mseq, body, docs, vers, revs, '{}', '{}', length(body), 0 from manifest where tenant = '${pgId(other.account)}'`,
      );
      await inDatabase(stack, `delete from manifest where tenant = '${pgId(other.account)}'`);
      await aProcess(stack)();
      expect(looks()).toEqual([1, 1]);
      expect(await inDatabase(stack, "select from statement where kind = 'disarm' and clashes")).toBe(1);
      expect(await other.ask("getManifest", { params: { b: zeroId } })).toMatchObject({ mseq: 1 });
    }));

  it("is given again in the next turn to an account that could not have it, and to nobody else", () =>
    withStack(async (stack) => {
      const { owner } = await aHole(stack);
      const other = await anOwner(stack);
      const looks = looksAtAll(stack, owner, other);
      const turn = aProcess(stack);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      const failing = vi.spyOn(keyholder, "importStatements").mockImplementation(async (given) => {
        if (given.account === owner.account) throw new InvariantError("damaged", "Something went wrong on our side.");
        return importStatements(given);
      });
      await turn();
      failing.mockRestore();
      looks();
      for (const times of [1, 0]) {
        await turn();
        expect(looks()).toEqual([times, 0]);
      }
    }));

  it("goes on where it was when the keyholder was away for a moment", () =>
    withStack(async (stack) => {
      const [first, second, third] = (await withHoles(stack, 3)).owners as [Owner, Owner, Owner];
      const turn = aProcess(stack);
      const { keyholder } = stack.api.services;
      const { statements } = keyholder;
      const looks = looksAtAll(stack, first, second, third);
      const away = vi.spyOn(keyholder, "statements").mockImplementation(async (asked) => {
        if (asked.from === 0 && asked.account === second.account) throw new DependencyError("away", "Not now.");
        return statements(asked);
      });
      await expect(turn()).rejects.toThrow("Not now");
      expect(looks()).toEqual([1, 1, 0]);
      // Also where it is one account alone that it never answers of.
      await expect(turn()).rejects.toThrow("Not now");
      expect(looks()).toEqual([0, 1, 1]);
      away.mockImplementation(statements);
      for (const times of [1, 0]) {
        await turn();
        expect(looks()).toEqual([0, times, 0]);
      }
    }));

  it("begins with nobody else once the process stops", () =>
    withStack(async (stack) => {
      const { owner } = await aHole(stack);
      const done = nothingGivenBack();
      const looks = looksAtAll(stack, owner);
      const compared = vi.spyOn(stack.api.services.keyholder, "compareWhole");
      done.isStopping = true;
      await giveBackUnasked(stack.api.services, done);
      expect(looks()).toEqual([0]);
      expect(compared).not.toHaveBeenCalled();
    }));

  it("is looked at once more where the database lacked something, and what a fail-over took of it meanwhile is there again", () =>
    withStack(async (stack) => {
      const { owner } = await aRestored(stack);
      await aProcess(stack)();
      const lose = async () => inDatabase(stack, "delete from statement where kind = 'disarm'");
      await lose();
      const looks = looksAtAll(stack, owner);
      const turn = aProcess(stack);
      await turn();
      expect([looks(), await lose()]).toEqual([[1], 1]);
      for (const times of [1, 1, 0]) {
        await turn();
        expect(looks()).toEqual([times]);
      }
      expect(await inDatabase(stack, "select from statement where kind = 'disarm'")).toBe(1);
    }));

  it("is given to a keyholder that took the place of another one within that turn", () =>
    withStack(async (stack) => {
      const { owner, copy } = await aHole(stack);
      const turn = aProcess(stack);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      const once = vi.spyOn(keyholder, "importStatements").mockImplementationOnce(async (given) => {
        const answer = await importStatements(given);
        await stack.restoreKeyholder(copy);
        return answer;
      });
      await turn();
      once.mockRestore();
      const looks = looksAtAll(stack, owner);
      for (const times of [1, 0]) {
        await turn();
        expect(looks()).toEqual([times]);
      }
      expect(await newestOf(owner)).toBe("disarmed");
    }));

  it("is given again to a keyholder whose whole folder was put back to before that turn, though nothing else tells of it", () =>
    withStack(async (stack) => {
      const { owner, copy } = await aHole(stack);
      const looks = looksAtAll(stack, owner);
      const turn = aProcess(stack);
      await turn();
      expect(looks()).toEqual([1]);
      await stack.restoreKeyholderFolder(copy);
      for (const times of [1, 0]) {
        await turn();
        expect(looks()).toEqual([times]);
      }
      expect((await stack.keyholder.handlers.info({}, asApi)).epoch).toBe(2);
    }));

  it("is given again to one that was put back to a copy of that very turn, and has counted since", () =>
    withStack(async (stack) => {
      const { owners } = await withHoles(stack, 2);
      const { keyholder } = stack.api.services;
      const { importStatements } = keyholder;
      let isFirst = true;
      const within = vi.spyOn(keyholder, "importStatements").mockImplementation(async (given) => {
        if (!isFirst) return importStatements(given);
        isFirst = false;
        const copy = await stack.backUpKeyholder();
        const answer = await importStatements(given);
        await stack.restoreKeyholderFolder(copy);
        for (let ticks = 0; ticks < 5; ticks++) await stack.keyholder.tick();
        return answer;
      });
      const turn = aProcess(stack);
      await turn();
      within.mockRestore();
      await turn();
      for (const owner of owners) expect(await newestOf(owner)).toBe("disarmed");
    }));
});
