import { problem } from "@afterkeep/contracts";
import { thumb } from "@afterkeep/crypto";
import { newestManifest, statementIdOf, verifyChain, zeroId } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { aManifest, anUploadedDocument, commit, vault } from "../stack/a-document.ts";
import { type Answer, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, randomHash, sealedText } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const submit = (stack: Stack, owner: Owner, kind: string, statement: string) =>
  stack.ask({ method: "POST", url: "/v1/statements", body: { kind, statement }, token: owner.token });
const aPin = async (owner: Owner) => {
  const { r, ageKey } = await aRecipient(owner);
  return owner.signControl("pin", (fields) => ({
    ...fields,
    r,
    ageKey,
    signingKey: "",
    verified: "words",
    contact: randomHash(),
  }));
};

describe("a statement", () => {
  it("that the keyholder accepted is stored by sending it again, when the database failed the first time", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const statement = await aPin(owner);
      const admin = stack.database.pool("superuser");
      await admin.query("revoke insert on statement from ak_api");
      const failed = await submit(stack, owner, "pin", statement);
      expect([failed.status, codeOf(failed)]).toEqual([500, "internal"]);
      expect((await owner.ask("listStatements")).statements).toHaveLength(1);
      await admin.query("grant insert on statement to ak_api");
      await admin.end();
      const healed = await submit(stack, owner, "pin", statement);
      const again = await submit(stack, owner, "pin", statement);
      expect([healed.status, again.body]).toEqual([200, healed.body]);
      expect((await owner.ask("listStatements")).statements).toHaveLength(2);
    }));

  it("leaves one audit leaf, however often it is sent", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const statement = await aPin(owner);
      const leaves = async () => (await stack.rowCounts())["audit_leaf"] ?? 0;
      const before = await leaves();
      await submit(stack, owner, "pin", statement);
      expect(await leaves()).toBe(before + 1);
      await submit(stack, owner, "pin", statement);
      expect(await leaves()).toBe(before + 1);
    }));

  it("with a changed byte, of another kind, or of another account changes nothing", () =>
    withStack(async (stack) => {
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      const statement = await aPin(owner);
      const before = await stack.rowCounts();
      const [head = "", body = "", signature = ""] = statement.split(".");
      const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
      for (const wrong of [
        `${head}.${body}.${flipped}`,
        `${head}.${body}`,
        `${head}.${body}.`,
        `${head}.${body.slice(0, -4)}.${signature}`,
      ]) {
        const answer = await submit(stack, owner, "pin", wrong);
        expect([wrong.length, answer.status >= 400 && answer.status < 500]).toEqual([wrong.length, true]);
      }
      expect(codeOf(await submit(stack, owner, "disarm", statement))).toBe("statement-malformed");
      expect(codeOf(await submit(stack, other, "pin", statement))).toBe("not-your-account");
      expect(await stack.rowCounts()).toEqual(before);
      expect((await submit(stack, owner, "pin", statement)).status).toBe(200);
    }));

  it("of two devices at once is taken once, and the other device is told to look again", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, two] = [await aPin(owner), await aPin(owner)];
      const answers = await Promise.all([submit(stack, owner, "pin", one), submit(stack, owner, "pin", two)]);
      expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    }));

  it("of an old manifest cannot be replayed under another body", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      const manifest = await aManifest(owner, vault(1), [document]);
      const send = (body: object) => stack.ask({ method: "POST", url: "/v1/manifests", body, token: owner.token });
      expect((await send(manifest)).status).toBe(200);
      const again = await send(manifest);
      expect(again.status).toBe(200);
      expect((await owner.ask("listDocuments")).documents).toHaveLength(1);
      expect(codeOf(await send({ ...manifest, body: sealedText(400) }))).toBe("manifest-mismatch");
    }));
});

describe("an account whose statement the keyholder took while our database failed", () => {
  /** Sends what must fail after the keyholder accepted it. */
  async function lose(stack: Stack, send: () => Promise<Answer>): Promise<void> {
    const admin = stack.database.pool("superuser");
    await admin.query("revoke insert on statement from ak_api");
    expect((await send()).status).toBe(500);
    await admin.query("grant insert on statement to ak_api");
    await admin.end();
  }
  const chainOf = async (owner: Owner) => {
    const { statements } = await owner.ask("listStatements");
    const keyholder = thumb(await owner.keyholderKey());
    return verifyChain(statements, { account: owner.account, keyholder });
  };
  const actions = async (owner: Owner) => {
    await owner.stack.sequence();
    return (await owner.ask("getLog")).leaves.map(({ action }) => action);
  };

  it("has the whole chain again as soon as a new challenge is asked for, and goes on (pin)", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const lost = await aPin(owner);
      await lose(stack, () => submit(stack, owner, "pin", lost));
      expect((await chainOf(owner)).head.seq).toBe(0);
      await owner.refreshHead();
      expect((await chainOf(owner)).head).toEqual({ seq: 1, id: statementIdOf(lost) });
      expect((await actions(owner)).at(-1)).toBe("statement.healed");
      expect((await submit(stack, owner, "pin", await aPin(owner))).status).toBe(200);
      expect((await chainOf(owner)).head.seq).toBe(2);
    }));

  it("has it also when somebody who holds an older challenge signs at the old head, and then only once", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [lost, stale] = [await aPin(owner), await aPin(owner)];
      await lose(stack, () => submit(stack, owner, "pin", lost));
      const answers = await Promise.all([1, 2, 3].map(() => submit(stack, owner, "pin", stale)));
      expect(answers.map(codeOf)).toEqual(["head-stale", "head-stale", "head-stale"]);
      expect((await chainOf(owner)).head).toEqual({ seq: 1, id: statementIdOf(lost) });
      expect((await actions(owner)).filter((action) => action === "statement.healed")).toHaveLength(1);
    }));

  it("has an armed bequest in its chain (policy), and can change it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const send = owner.submit.bind(owner);
      owner.submit = async (kind, statement) => {
        if (kind !== "policy") return send(kind, statement);
        await lose(stack, () => submit(stack, owner, kind, statement));
        await owner.refreshHead();
        return send("pin", await aPin(owner));
      };
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const view = await chainOf(owner);
      expect(view.policies.get(b)).toHaveLength(1);
      expect((await owner.ask("getStatus")).switches).toMatchObject([{ b, state: "armed" }]);
    }));

  it("has the list and its documents too (manifest), and the next manifest goes on from there", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, two] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      await commit(owner, vault(1), [one]);
      const lost = await aManifest(owner, vault(2), [one, two]);
      await lose(stack, () => stack.ask({ method: "POST", url: "/v1/manifests", body: lost, token: owner.token }));
      await owner.refreshHead();
      const view = await chainOf(owner);
      expect(newestManifest(view, zeroId, 0)?.mseq).toBe(2);
      const manifest = () => owner.ask("getManifest", { params: { b: zeroId }, query: { g: "0" } });
      const listed = async () => (await owner.ask("listDocuments")).documents.map(({ doc }) => doc).sort();
      expect([(await manifest()).mseq, await listed()]).toEqual([2, [one.doc, two.doc].sort()]);
      await commit(owner, vault(3), [one, two]);
      expect([(await manifest()).mseq, await listed()]).toEqual([3, [one.doc, two.doc].sort()]);
      expect((await chainOf(owner)).head.seq).toBe(3);
    }));

  it("may send a manifest again that was healed meanwhile, and nothing changes by it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      const lost = await aManifest(owner, vault(1), [document]);
      const send = () => stack.ask({ method: "POST", url: "/v1/manifests", body: lost, token: owner.token });
      await lose(stack, send);
      await owner.refreshHead();
      expect((await owner.ask("listDocuments")).documents).toMatchObject([{ doc: document.doc }]);
      expect((await send()).status).toBe(200);
      expect((await owner.ask("listDocuments")).documents).toMatchObject([{ doc: document.doc }]);
    }));
});

describe("arming", () => {
  it("waits until the owner's own address is proven", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const recipient = await aRecipient(owner);
      const admin = stack.database.pool("superuser");
      await admin.query("update account set email_verified = false");
      await admin.end();
      const failed = await anArmedBequest(owner, recipient).catch((error: unknown) => String(error));
      expect(failed).toContain("email-not-verified");
      expect((await owner.ask("getStatus")).switches.filter(({ state }) => state !== "draft")).toEqual([]);
    }));

  it("of a bequest of another account finds nothing", () =>
    withStack(async (stack) => {
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const asked = await stack.ask({
        method: "POST",
        url: "/v1/deposits/keys",
        body: { b, g: 1, r: freshId() },
        token: other.token,
      });
      expect(codeOf(asked)).toBe("bequest-unknown");
    }));
});

describe("the log", () => {
  it("proves every leaf of the account into the signed checkpoint, and shows nobody else's", () =>
    withStack(async (stack) => {
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      await aRecipient(other);
      await stack.sequence();
      const { leaves, checkpoint } = await owner.ask("getLog");
      expect(leaves.map(({ action }) => action)).toEqual([
        "statement.key",
        "account.created",
        "account.address-verified",
      ]);
      expect(checkpoint).toContain("\n");
      for (const { leaf } of leaves) expect(Buffer.from(leaf, "base64url").toString()).not.toContain(other.account);
      const [, second] = leaves;
      const later = await stack.ask({
        method: "GET",
        url: `/v1/log?after=${second?.index}&from=1`,
        token: owner.token,
      });
      expect(later.body).toMatchObject({
        leaves: [{ action: "account.created" }, { action: "account.address-verified" }],
      });
      expect((later.body as { consistency: string[] }).consistency.length).toBeGreaterThan(0);
    }));
});
