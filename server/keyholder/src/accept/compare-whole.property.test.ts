import { createHash } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { statementIdOf } from "@afterkeep/statements";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { switchOf } from "../testing/a-silence.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";

const asApi = { caller: "api", requestId: "test" } as const;
type Kept = { readonly statement: string; readonly receipt: string };
type Bequest = Awaited<ReturnType<typeof armed>>;

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest();

/** As sql/migrations/0032 makes it of what the api keeps. */
function digestOf(kept: readonly Kept[]): string {
  const each = kept.map(({ statement, receipt }) => {
    return Buffer.concat([decodeBase64url(statementIdOf(statement)), sha256(receipt)]);
  });
  return encodeBase64url(sha256(Buffer.concat(each.sort(Buffer.compare))));
}

async function copyOf({ handlers, account }: Owner): Promise<Kept[]> {
  const { statements } = await handlers.statements({ account, from: 0, limit: 500 }, asApi);
  return statements.map(({ statement, receipt }) => ({ statement, receipt }));
}

async function differs({ handlers, account }: Owner, kept: readonly Kept[]): Promise<boolean> {
  const { differ } = await handlers.compareWhole({ accounts: [{ account, digest: digestOf(kept) }] }, asApi);
  return differ.length > 0;
}

async function giveBack({ handlers, account }: Owner, kept: readonly Kept[], page: number): Promise<void> {
  for (let at = 0; at < kept.length; at += page) {
    const statements = kept.slice(at, at + page);
    await handlers.importStatements({ account, statements, more: at + page < kept.length }, asApi);
  }
}

const acts = {
  pin: async (owner: Owner) => owner.pin(await aPerson()),
  policy: async (owner: Owner, bequest: Bequest) => owner.signAndSubmit("policy", policyOf(owner, bequest, {})),
  disarm: async (owner: Owner, { b, policyHash }: Bequest) =>
    owner.submit("disarm", await owner.signDisarm(b, policyHash)),
  pause: async (owner: Owner, { b, policyHash }: Bequest) => owner.pause(b, policyHash, 300 * dayMs),
  refuse: async (owner: Owner, { b, policyHash }: Bequest) =>
    owner.submit("refuse", await owner.signRefuse(b, policyHash)),
  revoke: async (owner: Owner) => owner.submit("revoke-device", await owner.signRevoke(generateSigningKey())),
} as const;
type Act = keyof typeof acts;
const isBeside = (act: Act) => act !== "pin" && act !== "policy";

/** What its store loses of the acts: so many of the newest of the chain, of what stands beside it any, and what its record knows of them. */
const loss = fc.record({
  chain: fc.constantFrom(0, 0, 1, 2),
  // Why mostly few: where none is lost, what the record does not know is all that differs.
  beside: fc.oneof(fc.constant([]), fc.array(fc.boolean(), { maxLength: 8 })),
  isRecordOld: fc.boolean(),
});
type Loss = { readonly chain: number; readonly beside: readonly boolean[]; readonly isRecordOld: boolean };

/** @returns how many statements were lost */
async function lose(test: TestKeyholder, done: readonly { act: Act; id: string }[], lost: Loss): Promise<number> {
  const inChain = done.filter(({ act }) => !isBeside(act));
  const chain = inChain.slice(Math.max(0, inChain.length - lost.chain));
  const beside = done.filter(({ act }, at) => isBeside(act) && lost.beside[at] === true);
  inStore(test, (database) => {
    for (const { id } of [...chain, ...beside]) {
      database.prepare("delete from receipt where statement = ?").run(id);
      database.prepare("delete from statement where id = ?").run(id);
    }
  });
  await test.restart();
  return chain.length + beside.length;
}

function recordsOf(test: TestKeyholder): () => void {
  const rows = inStore(test, (database) => database.prepare("select b, history from bequest").all());
  return () =>
    inStore(test, (database) => {
      for (const { b, history } of rows)
        database.prepare("update bequest set history = ? where b = ?").run(history ?? null, b ?? null);
    });
}

describe("the keyholder, asked whether it lacks anything that was ever signed", () => {
  it("has all of it again once what differs was given back, whichever of it was lost, and nothing differs then", async () => {
    const act = fc.constantFrom(...(Object.keys(acts) as Act[]));
    const page = fc.integer({ min: 1, max: 5 });
    const story = fc.asyncProperty(fc.array(act, { maxLength: 8 }), loss, page, async (said, lost, size) =>
      withKeyholder(async (test) => {
        const owner = await anOwner(test);
        const bequest = await armed(owner, [await aPerson()]);
        const putRecordsBack = recordsOf(test);
        const before = await copyOf(owner);
        for (const one of said) await acts[one](owner, bequest);
        const kept = await copyOf(owner);
        const done = said.map((one, at) => ({
          act: one,
          id: statementIdOf(kept[before.length + at]?.statement ?? ""),
        }));
        expect(await differs(owner, kept)).toBe(false);
        if (lost.isRecordOld) putRecordsBack();
        const count = await lose(test, done, lost);
        if (count > 0 || !lost.isRecordOld) expect(await differs(owner, kept)).toBe(count > 0);
        if (await differs(owner, kept)) await giveBack(owner, kept, size);
        expect(await differs(owner, kept)).toBe(false);
        const byStatement = (a: Kept, b: Kept) => (a.statement < b.statement ? -1 : 1);
        expect((await copyOf(owner)).sort(byStatement)).toEqual([...kept].sort(byStatement));
        // Why not with the chain's: no copy of a store has a disarm and not the policy before it, and behind the disarm that policy would arm anew.
        if (lost.chain === 0 && said.findLast((one) => one === "disarm" || one === "policy") === "disarm")
          expect((await switchOf(owner, bequest.b)).state).toBe("disarmed");
      }),
    );
    await fc.assert(story, { numRuns: 40 });
  }, 300_000);
});
