import { giveBackUnasked } from "@afterkeep/api/give-back-unasked";
import { parseStatement } from "@afterkeep/formats";
import { InvariantError } from "@afterkeep/platform";
import { policyBody, statementLimits } from "@afterkeep/statements";
import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { anUploadedDocument, commit, vault } from "../stack/a-document.ts";
import { dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { disarm } from "../stack/a-stop.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function inDatabase(stack: Stack, ...commands: string[]): Promise<Record<string, unknown>[]> {
  const admin = stack.database.pool("superuser");
  try {
    let rows: Record<string, unknown>[] = [];
    for (const command of commands) rows = (await admin.query<Record<string, unknown>>(command)).rows;
    return rows;
  } finally {
    await admin.end();
  }
}

const stateOf = async ({ stack, account }: Owner, b: string) =>
  (await stack.keyholder.handlers.switches({ account }, asApi)).items.find((one) => one.b === b)?.state;

/** Commits lists of one document until the database has so many statements. */
async function commitUpTo(owner: Owner, statements: number, mseq: number): Promise<void> {
  const document = await anUploadedDocument(owner);
  const [counted] = await inDatabase(owner.stack, "select count(*)::int from statement");
  for (let more = 0; more < statements - Number(counted?.["count"]); more++)
    await commit(owner, vault(mseq + more), [document]);
}

/** Disarmed, and armed anew a hundred statements later; then the keyholder is put back to before both. */
async function aDisarmBeforeAPage(stack: Stack) {
  const owner = await anOwner(stack);
  const bequest = await anArmedBequest(owner, await aRecipient(owner));
  const copy = await stack.backUpKeyholder();
  await disarm(owner, bequest);
  await commitUpTo(owner, 105, 2);
  const [signed] = await inDatabase(stack, "select jws from statement where kind = 'policy'");
  const { payload } = parseStatement(String(signed?.["jws"]), "policy", statementLimits.policy);
  await owner.submit(
    "policy",
    await owner.signControl("policy", (fields) => ({ ...policyBody.parse(payload), ...fields })),
  );
  expect(await stateOf(owner, bequest.b)).toBe("armed");
  await stack.restoreKeyholder(copy);
  return { owner, bequest };
}

describe("what an owner signed, given back in pages", () => {
  it(
    "is given back whole where a page ends with two receipts of one number",
    () =>
      withStack(async (stack) => {
        const owner = await anOwner(stack);
        const recipient = await aRecipient(owner);
        const first = await anArmedBequest(owner, recipient);
        const second = await anArmedBequest(owner, recipient, { mseq: 2 });
        await commitUpTo(owner, 99, 3);
        const copy = await stack.backUpKeyholder();
        await disarm(owner, first);
        // A fail-over loses it, and the keyholder's whole folder goes back to before it: nothing tells of it to anybody.
        await inDatabase(
          stack,
          "create table kept as select * from statement where kind = 'disarm'",
          "delete from statement where kind = 'disarm'",
        );
        await stack.restoreKeyholderFolder(copy);
        await disarm(owner, second);
        // The database that has it is back.
        await inDatabase(stack, "update kept set clashes = true", "insert into statement select * from kept");
        const [numbers] = await inDatabase(
          stack,
          "select count(*)::int, count(distinct (receipt_epoch, receipt_counter))::int as numbers from statement",
        );
        expect(numbers).toEqual({ count: 101, numbers: 100 });
        await giveBackUnasked(stack.api.services);
        await stack.silence(160 * dayMs);
        expect([await stateOf(owner, first.b), await stateOf(owner, second.b)]).toEqual(["disarmed", "disarmed"]);
      }),
    120_000,
  );

  it(
    "stops nothing with a disarm after which its owner armed anew, where a page ends between the two: it is released one day",
    () =>
      withStack(async (stack) => {
        const { owner, bequest } = await aDisarmBeforeAPage(stack);
        await giveBackUnasked(stack.api.services);
        expect(await stateOf(owner, bequest.b)).toBe("held");
        await stack.silence(200 * dayMs);
        expect(await stateOf(owner, bequest.b)).toBe("released");
      }),
    120_000,
  );

  it(
    "has a disarm obeyed of which the keyholder was given no more, where the next page is not to be had",
    () =>
      withStack(async (stack) => {
        const { owner, bequest } = await aDisarmBeforeAPage(stack);
        const { keyholder } = stack.api.services;
        const { importStatements } = keyholder;
        vi.spyOn(keyholder, "importStatements").mockImplementation(async (given) => {
          if (given.statements.length > 1 && given.more !== true) throw new InvariantError("damaged", "Not this page.");
          return importStatements(given);
        });
        await giveBackUnasked(stack.api.services);
        expect(await stateOf(owner, bequest.b)).toBe("disarmed");
      }),
    120_000,
  );
});
