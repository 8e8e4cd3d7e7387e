import { createHash } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { armed } from "../testing/a-bequest.ts";
import { inStore } from "../testing/in-store.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { statementIdOf } from "@afterkeep/statements";

const asApi = { caller: "api", requestId: "test" } as const;
type Kept = { account: string; from: number; digest: string; epoch: number; counter: number };

async function differing(test: TestKeyholder, ...accounts: Kept[]): Promise<string[]> {
  return (await test.keyholder.handlers.compareAccounts({ accounts }, asApi)).differ;
}

/** What an api that lost nothing keeps, and the ids behind its hash. */
async function keptOf(owner: Owner, from: number): Promise<{ kept: Kept; ids: string[] }> {
  const { account } = owner;
  const { statements } = await owner.handlers.statements({ account, from, limit: 500 }, asApi);
  const ids = statements.map(({ statement }) => statementIdOf(statement));
  const { epoch, counter } = await owner.checkIn();
  return { kept: { account, from, epoch, counter, digest: digestOf(ids) }, ids };
}

function digestOf(ids: readonly string[]): string {
  const sorted = ids.map((id) => Buffer.from(decodeBase64url(id))).sort(Buffer.compare);
  return encodeBase64url(createHash("sha256").update(Buffer.concat(sorted)).digest());
}

type Accepted = { readonly statement: string; readonly receipt: string };

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest();

/** As sql/migrations/0032 makes it of what the api keeps. */
function digestOfAll(accepted: readonly Accepted[]): string {
  const each = accepted.map(({ statement, receipt }) => {
    return Buffer.concat([decodeBase64url(statementIdOf(statement)), sha256(receipt)]);
  });
  return encodeBase64url(sha256(Buffer.concat(each.sort(Buffer.compare))));
}

describe("the keyholder, asked which of many accounts it knows otherwise", () => {
  it("names those of which the api lacks a statement or has another, and no others", () =>
    withKeyholder(async (test) => {
      const [whole, lacking, other] = [await anOwner(test), await anOwner(test), await anOwner(test)];
      for (const owner of [whole, lacking, other]) await armed(owner, [await aPerson()]);
      const all = [await keptOf(whole, 0), await keptOf(lacking, lacking.head.seq), await keptOf(other, 1)] as const;
      const [ofWhole, ofLacking, ofOther] = all;
      expect(all.map(({ ids }) => ids.length)).toEqual([4, 1, 3]);
      expect(await differing(test, ...all.map(({ kept }) => kept))).toEqual([]);
      const less = { ...ofLacking.kept, digest: digestOf(ofLacking.ids.slice(1)) };
      const more = { ...ofOther.kept, digest: digestOf([...ofOther.ids, randomHash()]) };
      expect(await differing(test, ofWhole.kept, less, more)).toEqual([lacking.account, other.account]);
    }));

  it("names those of which somebody has a newer receipt than it ever gave, and those that it does not know", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { kept } = await keptOf(owner, 0);
      expect(await differing(test, { ...kept, counter: kept.counter - 1 })).toEqual([]);
      expect(await differing(test, { ...kept, counter: kept.counter + 1 })).toEqual([owner.account]);
      expect(await differing(test, { ...kept, epoch: kept.epoch + 1, counter: 1 })).toEqual([owner.account]);
      expect(await differing(test, { ...kept, from: 9 })).toEqual([]);
      const stranger = encodeBase64url(Buffer.alloc(16, 7));
      expect(await differing(test, { ...kept, account: stranger })).toEqual([stranger]);
    }));

  it("names one that cannot be read, and compares the others all the same", () =>
    withKeyholder(async (test) => {
      const [whole, broken] = [await anOwner(test), await anOwner(test)];
      const all = [(await keptOf(broken, 0)).kept, (await keptOf(whole, 0)).kept];
      inStore(test, (database) =>
        database.prepare("update statement set id = '!' where account = ?").run(broken.account),
      );
      expect(await differing(test, ...all)).toEqual([broken.account]);
    }));

  it("names one whose statements its store lost, whatever it counted since", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const copy = await test.backUp();
      await owner.pin(await aPerson());
      const { kept } = await keptOf(owner, owner.head.seq);
      await test.restoreFolder(copy);
      expect(await differing(test, { ...kept, counter: 0 })).toEqual([owner.account]);
    }));
});

describe("the keyholder, asked whether it has everything that was ever signed", () => {
  it("names those of which a statement is another one, or a receipt, or one is lost, and those that it does not know", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      await armed(owner, [await aPerson()]);
      const { account } = owner;
      const { statements } = await owner.handlers.statements({ account, from: 0, limit: 500 }, asApi);
      const named = async (all: readonly Accepted[], of: string = account) =>
        (await owner.handlers.compareWhole({ accounts: [{ account: of, digest: digestOfAll(all) }] }, asApi)).differ;
      const [first, second, ...others] = statements;
      if (first === undefined || second === undefined) throw new Error("nothing was signed");
      expect(await named(statements)).toEqual([]);
      expect(await named([...others, first, second])).toEqual([]);
      expect(await named([first, ...others])).toEqual([account]);
      expect(await named([first, { ...second, receipt: first.receipt }, ...others])).toEqual([account]);
      const stranger = encodeBase64url(Buffer.alloc(16, 7));
      expect(await named(statements, stranger)).toEqual([stranger]);
      inStore(test, (database) =>
        database.prepare("delete from receipt where statement = ?").run(statementIdOf(second.statement)),
      );
      expect(await named(statements)).toEqual([account]);
    }));

  it("names one that has a disarm or a pause which its record does not know, and no others of these", () =>
    withKeyholder(async (test) => {
      for (const stop of ["disarm", "pause"] as const) {
        const [owner, other] = [await anOwner(test), await anOwner(test)];
        const stopped = async (one: Owner) => {
          const { b, policyHash } = await armed(one, [await aPerson()]);
          const [row] = inStore(test, (all) => all.prepare("select history from bequest where b = ?").all(b));
          if (stop === "disarm") await one.submit("disarm", await one.signDisarm(b, policyHash));
          else await one.pause(b, policyHash, 300 * dayMs);
          return () =>
            inStore(test, (all) =>
              all.prepare("update bequest set history = ? where b = ?").run(row?.["history"] ?? "", b),
            );
        };
        const putBack = await stopped(owner);
        await stopped(other);
        const accounts: { account: string; digest: string }[] = [];
        for (const { account } of [owner, other]) {
          const { statements } = await owner.handlers.statements({ account, from: 0, limit: 500 }, asApi);
          accounts.push({ account, digest: digestOfAll(statements) });
        }
        const differ = async () => (await test.keyholder.handlers.compareWhole({ accounts }, asApi)).differ;
        expect(await differ()).toEqual([]);
        putBack();
        await test.restart();
        expect(await differ()).toEqual([owner.account]);
      }
    }));

  it("names one that cannot be read, and compares the others all the same", () =>
    withKeyholder(async (test) => {
      const [broken, whole] = [await anOwner(test), await anOwner(test)];
      const accounts: { account: string; digest: string }[] = [];
      for (const { account, handlers } of [broken, whole]) {
        const { statements } = await handlers.statements({ account, from: 0, limit: 500 }, asApi);
        accounts.push({ account, digest: digestOfAll(statements) });
      }
      inStore(test, (database) =>
        database.prepare("update statement set jws = 'x', seq = null where account = ?").run(broken.account),
      );
      expect((await test.keyholder.handlers.compareWhole({ accounts }, asApi)).differ).toEqual([broken.account]);
    }));
});
