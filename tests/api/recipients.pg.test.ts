import { problem } from "@afterkeep/contracts";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { anInvitedRecipient, aRecipient, type Recipient } from "../stack/a-bequest.ts";
import { type Answer, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, Owner, ownPage, sealedText } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const aKey = async () => recipientOf(await generateIdentity("hybrid"));
const open = (stack: Stack, token: string, channel = "bearer") =>
  stack.ask({ method: "POST", url: "/v1/recipient/sessions", body: { token, channel }, headers: ownPage });
const accept = ({ stack, token }: Recipient, ageKey: string, slot: unknown = "") =>
  stack.ask({ method: "POST", url: "/v1/recipient/accept", body: { ageKey, slot }, token });
const aSlot = () => ({
  kdf: { name: "argon2id", memoryKiB: 65_536, passes: 3, lanes: 1, salt: "A".repeat(43) },
  wrapped: sealedText(),
});

describe("a recipient", () => {
  it("is invited by mail, opens the link as often as they like, and leaves a key", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      expect(await friend.ask("getRecipientView")).toMatchObject({
        account: owner.account,
        r: friend.r,
        state: "invited",
        ownerName: "Ada Owner",
        ageKey: "",
        slot: "",
        releases: [],
      });
      expect((await open(stack, friend.linkToken)).status).toBe(200);
      const slot = aSlot();
      expect((await accept(friend, friend.ageKey, slot)).status).toBe(200);
      expect(await friend.ask("getRecipientView")).toMatchObject({ state: "accepted", ageKey: friend.ageKey, slot });
      expect(await owner.ask("listRecipients")).toMatchObject({
        recipients: [{ r: friend.r, email: friend.email, state: "accepted", ageKey: friend.ageKey, bounced: false }],
      });
      const told = (await stack.mails()).filter(({ kind }) => kind === "recipient-accepted");
      expect(told).toMatchObject([{ to: owner.email }]);
    }));

  it("cannot replace the key until invited again; then once, and older links are dead", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      await accept(friend, friend.ageKey);
      expect(codeOf(await accept(friend, await aKey()))).toBe("already-accepted");
      await owner.ask("reinviteRecipient", { params: { r: friend.r } });
      expect(codeOf(await open(stack, friend.linkToken))).toBe("link-unknown");
      await friend.openLink();
      expect((await owner.ask("listRecipients")).recipients[0]?.ageKey).toBe(friend.ageKey);
      const replacement = await aKey();
      expect((await accept(friend, replacement)).status).toBe(200);
      expect(codeOf(await accept(friend, await aKey()))).toBe("already-accepted");
      expect((await owner.ask("listRecipients")).recipients[0]?.ageKey).toBe(replacement);
    }));

  it("cannot lose the copy under the passphrase to whoever gets hold of the link, before or after a new invitation", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      const slot = aSlot();
      expect((await accept(friend, friend.ageKey, slot)).status).toBe(200);
      const leaves = async () => (await stack.rowCounts())["audit_leaf"];
      const before = await leaves();
      const tryOthers = async () => {
        for (const other of ["", aSlot(), { ...slot, kdf: { ...slot.kdf, memoryKiB: 262_144 } }])
          expect(codeOf(await accept(friend, friend.ageKey, other))).toBe("already-accepted");
        expect((await friend.ask("getRecipientView")).slot).toEqual(slot);
      };
      await tryOthers();
      expect((await accept(friend, friend.ageKey, slot)).status).toBe(200);
      expect(await leaves()).toBe(before);
      await owner.ask("reinviteRecipient", { params: { r: friend.r } });
      await tryOthers();
      expect((await accept(friend, friend.ageKey, slot)).status).toBe(200);
      expect(codeOf(await accept(friend, await aKey()))).toBe("already-accepted");
    }));

  it("cannot get a copy under a passphrase afterwards, without a new invitation", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      await accept(friend, friend.ageKey);
      expect(codeOf(await accept(friend, friend.ageKey, aSlot()))).toBe("already-accepted");
      await owner.ask("reinviteRecipient", { params: { r: friend.r } });
      expect((await accept(friend, friend.ageKey, aSlot())).status).toBe(200);
    }));

  it("leaves a hybrid key that decodes, or none", () =>
    withStack(async (stack) => {
      const friend = await anInvitedRecipient(await anOwner(stack));
      const wrong = `${friend.ageKey.slice(0, -1)}${friend.ageKey.endsWith("q") ? "p" : "q"}`;
      expect(codeOf(await accept(friend, wrong))).toBe("malformed");
      expect((await friend.ask("getRecipientView")).ageKey).toBe("");
    }));

  it("gets a fresh link for the asking, and nobody learns whether an address is known", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      const ask = async (email: string) => stack.ask({ method: "POST", url: "/v1/recipient/links", body: { email } });
      const before = (await stack.mails()).length;
      const [known, unknown] = [await ask(friend.email.toUpperCase()), await ask("nobody@example.test")];
      expect([known.status, known.body, unknown.status, unknown.body]).toEqual([202, {}, 202, {}]);
      await stack.settle();
      const mails = await stack.mails();
      expect(mails.length).toBe(before + 1);
      expect(mails.at(-1)).toMatchObject({ to: friend.email, kind: "fresh-link" });
      for (let i = 0; i < 10; i++) await ask(friend.email);
      await stack.settle();
      expect((await stack.mails()).length).toBe(before + 5);
      expect((await open(stack, mails.at(-1)?.token ?? "")).status).toBe(200);
      expect((await open(stack, friend.linkToken)).status).toBe(200);
    }));

  it("has a session of two hours, in a browser as a cookie of its own", () =>
    withStack(async (stack) => {
      const friend = await anInvitedRecipient(await anOwner(stack));
      const answer = await open(stack, friend.linkToken, "cookie");
      expect(answer.body).toMatchObject({ token: "" });
      const token = /__Host-ak-r=([^;]+); Path=\/; HttpOnly; Secure; SameSite=Strict/.exec(
        String(answer.headers["set-cookie"]),
      )?.[1];
      const view = () =>
        stack.ask({
          method: "GET",
          url: "/v1/recipient",
          headers: { cookie: `__Host-ak-r=${token}`, "x-afterkeep": "1" },
        });
      expect((await view()).status).toBe(200);
      stack.clock.advance(2 * 3_600_000);
      expect((await view()).status).toBe(401);
    }));

  it("is not opened by the link that proves an owner's address", () =>
    withStack(async (stack) => {
      await anOwner(stack);
      const verify = (await stack.mails()).find(({ kind }) => kind === "verify-email");
      expect(codeOf(await open(stack, verify?.token ?? ""))).toBe("link-unknown");
    }));
});

describe("a fresh link", () => {
  it("comes from each of the four owners who invited last, and no more, however often one of them invited", () =>
    withStack(async (stack) => {
      const email = "grace@example.test";
      const invite = (owner: Owner) =>
        owner.ask("createRecipient", { body: { r: freshId(), email, label: sealedText() } });
      const owners: Owner[] = [];
      for (let i = 0; i < 6; i++) {
        const owner = await anOwner(stack);
        stack.passProduct(60_000);
        for (let times = 0; times < 10; times++) await invite(owner);
        owners.push(owner);
      }
      const [first] = owners;
      if (first === undefined) throw new Error("no owners");
      stack.passProduct(60_000);
      await invite(first);
      const before = (await stack.mails()).length;
      await stack.ask({ method: "POST", url: "/v1/recipient/links", body: { email } });
      await stack.settle();
      const sent = (await stack.mails()).slice(before).map(({ tenant }) => tenant);
      const newest = [first, ...owners.slice(3)];
      expect(sent.toSorted()).toEqual(newest.map(({ account }) => String(account)).toSorted());
    }));
});

describe("a fresh link of somebody who accepted", () => {
  it("is not crowded out by owners who invite the same address later, nor by a second invitation of the same owner", () =>
    withStack(async (stack) => {
      const friend = await aRecipient(await anOwner(stack));
      const invite = (owner: Owner) =>
        owner.ask("createRecipient", { body: { r: freshId(), email: friend.email, label: sealedText() } });
      stack.passProduct(60_000);
      await invite(friend.owner);
      for (let i = 0; i < 5; i++) await invite(await anOwner(stack));
      const before = (await stack.mails()).length;
      await stack.ask({ method: "POST", url: "/v1/recipient/links", body: { email: friend.email } });
      await stack.settle();
      const [mail] = (await stack.mails()).slice(before);
      expect(mail?.tenant).toBe(friend.owner.account);
      expect((await open(stack, mail?.token ?? "")).body).toMatchObject({ view: { r: friend.r } });
    }));
});

describe("an invitation", () => {
  it("waits until the owner's own address is proven, and so does a repeated one", () =>
    withStack(async (stack) => {
      const owner = new Owner(stack, "ada@example.test");
      await owner.signUp();
      const before = (await stack.mails()).length;
      const body = { r: freshId(), email: "grace@example.test", label: sealedText() };
      const asked = await stack.ask({ method: "POST", url: "/v1/recipients", body, token: owner.token });
      expect([asked.status, codeOf(asked)]).toEqual([403, "email-not-verified"]);
      expect((await stack.mails()).length).toBe(before);
      await owner.verifyEmail();
      await owner.ask("createRecipient", { body });
      expect((await stack.mails()).length).toBe(before + 1);
    }));

  it("sent twice is one, and the same recipient with another address is refused", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      const before = await stack.rowCounts();
      const invite = (email: string) =>
        stack.ask({
          method: "POST",
          url: "/v1/recipients",
          body: { r: friend.r, email, label: sealedText() },
          token: owner.token,
        });
      expect((await invite(friend.email)).status).toBe(201);
      expect(codeOf(await invite("else@example.test"))).toBe("recipient-exists");
      expect(await stack.rowCounts()).toEqual(before);
    }));

  it("keeps its sealed label by compare-and-swap", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const friend = await anInvitedRecipient(owner);
      const put = (expectedRev: number) =>
        stack.ask({
          method: "PUT",
          url: `/v1/labels/recipient/${friend.r}`,
          body: { label: sealedText(), expectedRev },
          token: owner.token,
        });
      expect((await put(0)).body).toEqual({ labelRev: 1 });
      expect(codeOf(await put(0))).toBe("label-changed");
    }));
});
