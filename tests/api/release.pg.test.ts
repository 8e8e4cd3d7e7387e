import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient, fetchGrant } from "../stack/a-bequest.ts";
import { anUploadedDocument, commit, vault } from "../stack/a-document.ts";
import { dayMs, withStack } from "../stack/a-stack.ts";
import { anOwner, askRoute, randomHash } from "../stack/an-owner.ts";

describe("a release through the api", () => {
  it("opens to its recipient alone, when the keyholder says so and not before", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [friend, other] = [await aRecipient(owner), await aRecipient(owner)];
      const bequest = await anArmedBequest(owner, friend);
      const { b, document } = bequest;
      const bundle = { method: "GET", url: `/v1/recipient/releases/${b}` } as const;
      const object = { method: "GET", url: `${bundle.url}/documents/${document.doc}/${document.ver}` } as const;
      const refused = async () => {
        for (const asked of [bundle, object, { method: "POST", url: `${bundle.url}/prove` } as const]) {
          const answer = await stack.ask({ ...asked, token: friend.token });
          expect([404, 403, 409]).toContain(answer.status);
        }
      };
      await refused();
      // A document of the vault that is left to nobody.
      const kept = await anUploadedDocument(owner);
      await commit(owner, vault(2), [document, kept]);
      await stack.silence(40 * dayMs);
      await refused();
      await stack.silence(15 * dayMs);

      stack.clock.advance(3 * 3_600_000);
      await friend.openLink();
      await other.openLink();
      const { releases } = await friend.ask("getRecipientView");
      expect(releases).toMatchObject([{ b, g: 1, stage: "granted" }]);
      expect(releases[0]?.opensAt).toBe(releases[0]?.releasedAt);
      expect(await fetchGrant(bequest)).toMatchObject({ release: expect.stringContaining(".") });
      const opened = await friend.ask("getBundle", { params: { b } });
      expect(opened.documents.map(({ doc }) => doc)).toEqual([document.doc]);
      expect(opened.manifests).toHaveLength(1);
      expect(opened.chain.length).toBeGreaterThanOrEqual(5);
      const bytes = await stack.api.app.inject({
        method: "GET",
        url: object.url,
        headers: { authorization: `Bearer ${friend.token}` },
      });
      expect(bytes.rawPayload.equals(document.object)).toBe(true);

      for (const asked of [bundle, object])
        expect((await stack.ask({ ...asked, token: other.token })).status).toBe(404);
      expect((await other.ask("getRecipientView")).releases).toEqual([]);
      for (const { doc, ver } of [kept, { doc: document.doc, ver: document.doc }]) {
        const elsewhere = `${bundle.url}/documents/${doc}/${ver}`;
        expect((await stack.ask({ method: "GET", url: elsewhere, token: friend.token })).status).toBe(404);
      }
      expect(await owner.ask("getStatus")).toMatchObject({
        mode: "demo",
        switches: [{ b, state: "closed", slots: [{ r: friend.r, stage: "fetched" }] }],
      });
    }));

  it("takes a mail link's token to the keyholder once, and stores the receipt for its account", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await anArmedBequest(owner, await aRecipient(owner));
      const { token } = await stack.keyholder.handlers.mintToken(
        { account: owner.account },
        { caller: "clock", requestId: "test" },
      );
      const body = { token, nonce: randomHash() };
      const answer = await askRoute(stack, "checkInByToken", { body });
      expect(answer.account).toBe(owner.account);
      expect((await owner.ask("getStatus")).lastReceipt).toBe(answer.receipt);
      expect((await askRoute(stack, "checkInByToken", { body })).receipt).toBe(answer.receipt);
      const again = await stack.ask({
        method: "POST",
        url: "/v1/checkins/token",
        body: { ...body, nonce: randomHash() },
      });
      expect(again.status).toBeGreaterThanOrEqual(400);
    }));

  it("is kept back by a mail link for three days, and says until when to whoever may open it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await aRecipient(owner);
      const bequest = await anArmedBequest(owner, friend);
      const { b } = bequest;
      await stack.silence(55 * dayMs);
      stack.clock.advance(3 * 3_600_000);
      await friend.openLink();
      const { token } = await stack.keyholder.handlers.mintToken(
        { account: owner.account },
        { caller: "clock", requestId: "test" },
      );
      await askRoute(stack, "checkInByToken", { body: { token, nonce: randomHash() } });
      const { switches } = await owner.ask("getStatus");
      expect(switches).toMatchObject([{ b, state: "releasing", waitsFor: "weak-sign" }]);
      const { releases } = await friend.ask("getRecipientView");
      expect(releases).toMatchObject([{ b, stage: "granted", keptUntil: switches[0]?.earliestWallMs }]);
      expect(releases[0]?.opensAt).toBe(releases[0]?.keptUntil);
      const prove = { method: "POST", url: `/v1/recipient/releases/${b}/prove`, token: friend.token } as const;
      const refused = await stack.ask(prove);
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([409, expect.stringContaining("suspended")]);
      await stack.silence(3.25 * dayMs);
      expect((await friend.ask("getRecipientView")).releases[0]).not.toHaveProperty("keptUntil");
      expect(await fetchGrant(bequest)).toMatchObject({ release: expect.stringContaining(".") });
    }));
});
