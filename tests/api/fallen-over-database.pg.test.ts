import { giveBackUnasked } from "@afterkeep/api/give-back-unasked";
import { thumb } from "@afterkeep/crypto";
import { InvariantError } from "@afterkeep/platform";
import { verifyChain, zeroId } from "@afterkeep/statements";
import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { aManifest, commit, vault } from "../stack/a-document.ts";
import { type Stack, withStack } from "../stack/a-stack.ts";
import { disarm } from "../stack/a-stop.ts";
import { anOwner, type Owner, randomHash } from "../stack/an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function aPin(owner: Owner): Promise<string> {
  const { r, ageKey } = await aRecipient(owner);
  const body = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
  return owner.signControl("pin", (fields) => ({ ...fields, ...body }));
}

/** Another server took over, to which the newest rows had not come. */
async function loseNewest({ database }: Stack): Promise<void> {
  const admin = database.pool("superuser");
  await admin.query(
    "delete from statement where (tenant, id) in (select tenant, id from statement order by receipt_epoch desc, receipt_counter desc limit 1)",
  );
  await admin.end();
}

async function loseAllButTheFirst({ database }: Stack): Promise<void> {
  const admin = database.pool("superuser");
  await admin.query("delete from manifest; delete from statement where seq > 0");
  await admin.end();
}

/** Lets something happen between the look for what lacks and the keeping: at the second time that the clock is read. @returns how often it was */
function whenItIsKept({ api }: Stack, happen: () => Promise<void>): () => number {
  const { productTime } = api.services;
  const nowMs = productTime.nowMs.bind(productTime);
  let times = 0;
  productTime.nowMs = async () => {
    if (++times === 2) await happen();
    return nowMs();
  };
  return () => times;
}

async function keptKinds({ database }: Stack): Promise<string[]> {
  const admin = database.pool("superuser");
  const { rows } = await admin.query<{ kind: string }>(
    "select kind from statement order by receipt_epoch, receipt_counter",
  );
  await admin.end();
  return rows.map(({ kind }) => kind);
}

async function chainLength(owner: Owner): Promise<number> {
  const { statements } = await owner.ask("listStatements");
  const keyholder = thumb(await owner.keyholderKey());
  return verifyChain(statements, { account: owner.account, keyholder }).ids.length;
}

describe("a database that lost its newest rows in a fail-over", () => {
  it("has a disarm again within the hour, without its owner", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      await disarm(owner, { b, policyHash });
      const whole = await keptKinds(stack);
      await loseNewest(stack);
      expect(await keptKinds(stack)).not.toContain("disarm");
      await giveBackUnasked(stack.api.services);
      expect(await keptKinds(stack)).toEqual(whole);
    }));

  it("asks about many accounts at a time, and about one alone only where the two differ", () =>
    withStack(async (stack) => {
      const owners = [await anOwner(stack), await anOwner(stack), await anOwner(stack)];
      for (const owner of owners) await owner.submit("pin", await aPin(owner));
      const { keyholder } = stack.api.services;
      const asked = [vi.spyOn(keyholder, "compareAccounts"), vi.spyOn(keyholder, "statements")] as const;
      await giveBackUnasked(stack.api.services);
      expect(asked.map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
      await loseNewest(stack);
      await giveBackUnasked(stack.api.services);
      expect(asked.map(({ mock }) => mock.calls.length)).toEqual([2, 1]);
      expect((await keptKinds(stack)).filter((kind) => kind === "pin")).toHaveLength(3);
    }));

  it("has everything again also where the keyholder cannot compare, as an older one cannot", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await owner.submit("pin", await aPin(owner));
      await loseNewest(stack);
      const { keyholder } = stack.api.services;
      vi.spyOn(keyholder, "compareAccounts").mockRejectedValue(new InvariantError("no-such-method", "Unknown."));
      await giveBackUnasked(stack.api.services);
      expect(await keptKinds(stack)).toContain("pin");
    }));

  it("has a manifest again whose list it still had as an offer", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await commit(owner, vault(1), []);
      const admin = stack.database.pool("superuser");
      await admin.query(`insert into manifest_offer (tenant, statement_id, b, g, mseq, body, docs, vers, revs, header_revs, metadata, size, offered_at)
        select tenant, statement_id, b, g, mseq, body, docs, vers, revs, '{}', '{}', length(body), 0 from manifest`);
      await admin.query("delete from manifest");
      await admin.end();
      await giveBackUnasked(stack.api.services);
      expect(await owner.ask("getManifest", { params: { b: zeroId } })).toMatchObject({ mseq: 1 });
    }));

  it("keeps no statement without the one before it, also when that was lost after the challenge", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await owner.submit("pin", await aPin(owner));
      const next = await aPin(owner);
      await loseNewest(stack);
      expect(await chainLength(owner)).toBe(1);
      await owner.submit("pin", next);
      expect(await chainLength(owner)).toBe(3);
    }));

  it("has a manifest with its statement, also when that was lost as soon as it was kept", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { productTime } = stack.api.services;
      const nowMs = productTime.nowMs.bind(productTime);
      let times = 0;
      // Why here: the time is asked for after the statement was kept, and before the manifest is kept beside it.
      productTime.nowMs = async () => {
        if (times === 0 && (await keptKinds(stack)).includes("manifest")) {
          times++;
          await loseNewest(stack);
        }
        return nowMs();
      };
      await commit(owner, vault(1), []);
      expect(times).toBe(1);
      expect((await keptKinds(stack)).at(-1)).toBe("manifest");
      expect(await owner.ask("getManifest", { params: { b: zeroId } })).toMatchObject({ mseq: 1 });
    }));

  it("keeps a manifest that is sent again with all that came before it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await owner.submit("pin", await aPin(owner));
      const body = await aManifest(owner, vault(1), []);
      await owner.take((await owner.ask("commitManifest", { body })).receipt);
      await owner.submit("pin", await aPin(owner));
      const whole = await keptKinds(stack);
      const times = whenItIsKept(stack, () => loseAllButTheFirst(stack));
      await owner.ask("commitManifest", { body });
      expect(times()).toBeGreaterThan(2);
      expect(await keptKinds(stack)).toEqual(whole);
    }));

  it("keeps an older statement that is sent again with all that came before it, the disarm too", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      await disarm(owner, { b, policyHash });
      const older = await aPin(owner);
      await owner.submit("pin", older);
      await owner.submit("pin", await aPin(owner));
      const whole = await keptKinds(stack);
      expect(whole.slice(-3)).toEqual(["disarm", "pin", "pin"]);
      const times = whenItIsKept(stack, async () => {
        for (const _ of ["pin", "pin", "disarm"]) await loseNewest(stack);
      });
      await owner.ask("submitStatement", { body: { kind: "pin", statement: older } });
      expect(times()).toBeGreaterThan(2);
      expect(await keptKinds(stack)).toEqual(whole);
    }));

  it("keeps none without the disarm before it, of which the chain shows no gap", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      await disarm(owner, { b, policyHash });
      const next = await aPin(owner);
      await loseNewest(stack);
      await owner.submit("pin", next);
      expect((await keptKinds(stack)).slice(-2)).toEqual(["disarm", "pin"]);
    }));
});

describe("a restored keyholder whose new epoch has the number of an old one", () => {
  it("is given back what it lost all the same", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const copy = await stack.backUpKeyholder();
      await owner.submit("pin", await aPin(owner));
      await stack.restoreKeyholder(copy);
      const known = async () =>
        (await stack.keyholder.handlers.statements({ account: owner.account, from: 0, limit: 9 }, asApi)).statements
          .length;
      expect(await known()).toBe(1);
      await giveBackUnasked(stack.api.services);
      expect(await known()).toBe(2);
    }));
});
