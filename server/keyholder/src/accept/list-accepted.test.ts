import { statementKindOf, verifyChain } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { countThatFit } from "./list-accepted.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function accepted(owner: Owner, from: number, limit: number) {
  return owner.handlers.statements({ account: owner.account, from, limit }, asApi);
}

describe("the statements that the keyholder accepted", () => {
  it("can be read again in their order with the receipts they got, disarms where they were accepted", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      const disarm = await owner.signDisarm(b, policyHash);
      const { receipt } = await owner.handlers.submit({ kind: "disarm", statement: disarm }, asApi);
      await owner.pin(await aPerson());
      await owner.checkIn();
      const { statements, more } = await accepted(owner, 0, 500);
      expect(statements.map(({ kind }) => kind)).toEqual(["key", "pin", "manifest", "policy", "disarm", "pin"]);
      expect(statements.map(({ statement }) => statementKindOf(statement))).toEqual(statements.map(({ kind }) => kind));
      expect([statements[4]?.statement, statements[4]?.receipt, more]).toEqual([disarm, receipt, false]);
      const view = verifyChain(
        statements.map(({ statement }) => statement),
        { account: owner.account, keyholder: owner.audience },
      );
      expect(view.head).toEqual(owner.head);
      for (const { kind, statement, receipt: given } of statements)
        expect((await owner.handlers.submit({ kind, statement }, asApi)).receipt).toBe(given);
    }));

  it("come in pages from any seq on, until there are no more", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [await aPerson()]);
      await owner.submit("disarm", await owner.signDisarm(b, policyHash));
      await owner.pin(await aPerson());
      const kinds = async (from: number, limit: number) => {
        const { statements, more } = await accepted(owner, from, limit);
        return [...statements.map(({ kind }) => kind), more];
      };
      expect(await kinds(0, 2)).toEqual(["key", "pin", true]);
      expect(await kinds(2, 2)).toEqual(["manifest", "policy", "disarm", true]);
      expect(await kinds(4, 2)).toEqual(["disarm", "pin", false]);
      expect(await kinds(4, 1)).toEqual(["disarm", "pin", false]);
      expect(await kinds(5, 1)).toEqual([false]);
      expect(await kinds(9, 1)).toEqual([false]);
    }));

  it("are one account's own, none of an unknown one", () =>
    withKeyholder(async (test) => {
      const [owner, other] = [await anOwner(test), await anOwner(test)];
      await other.pin(await aPerson());
      expect((await accepted(owner, 0, 500)).statements).toHaveLength(1);
      const unknown = { account: (await aPerson()).r, from: 0, limit: 500 };
      expect(await owner.handlers.statements(unknown, asApi)).toEqual({ statements: [], more: false });
    }));

  it("come in smaller pages when they are large, but never in empty ones", () => {
    expect(countThatFit([3, 3, 3], 9)).toBe(3);
    expect(countThatFit([3, 3, 4], 9)).toBe(2);
    expect(countThatFit([10, 3], 9)).toBe(1);
    expect(countThatFit([], 9)).toBe(0);
  });
});
