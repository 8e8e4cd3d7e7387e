import { encodeBase64url } from "@afterkeep/bytes";
import { problem } from "@afterkeep/contracts";
import { generateSigningKey, type SigningKey } from "@afterkeep/crypto";
import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { aDelegate, aDelegatedCheckIn, aSignedCheckIn } from "../stack/a-check-in.ts";
import { type Answer, dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, randomHash, signed } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const checkIn = (stack: Stack, statement: string, from = "127.0.0.1") =>
  stack.ask({ method: "POST", url: "/v1/checkins/delegated", body: { statement }, from });
const challenge = (stack: Stack, account: string, { publicKey }: Pick<SigningKey, "publicKey">, from = "127.0.0.1") =>
  stack.ask({
    method: "POST",
    url: "/v1/checkins/delegated/challenges",
    body: { account, key: encodeBase64url(publicKey) },
    from,
  });
const receiptOf = async (owner: Owner, { body }: Answer) => {
  const { receipt } = body as { receipt: string };
  return openStatement("receipt", receipt, await owner.keyholderKey()).body;
};

async function anAcceptingOwner(stack: Stack): Promise<{ owner: Owner; delegate: SigningKey; b: string }> {
  const owner = await anOwner(stack);
  const { b } = await anArmedBequest(owner, await aRecipient(owner), { classes: ["signed", "delegated"] });
  return { owner, delegate: await aDelegate(owner), b };
}

async function revoke(owner: Owner, { publicKey }: Pick<SigningKey, "publicKey">): Promise<void> {
  const { aud, challenge: nonce } = await owner.challenge("stricter");
  const deviceKey = encodeBase64url(publicKey);
  const body = { aud, account: owner.account, challenge: nonce, deviceKey, iat: 0 };
  await owner.submit("revoke-device", await signed("revoke-device", body, owner.ownerKey));
}

/** All that an answer tells, but for its own number. */
const told = (answer: Answer): string => `${answer.status} ${answer.text.replace(/"requestId":"[^"]*"/, "")}`;

describe("a job with a key that may only check in", () => {
  it("checks in without a session, is receipted, and leaves its statement, receipt and one leaf of its own", () =>
    withStack(async (stack) => {
      const { owner, delegate, b } = await anAcceptingOwner(stack);
      await stack.silence(10 * dayMs);
      await owner.signIn();
      const statement = await aDelegatedCheckIn(owner, delegate);
      const before = await stack.rowCounts();
      const answer = await checkIn(stack, statement);
      expect(answer.status).toBe(200);
      const receipt = await receiptOf(owner, answer);
      expect(receipt.weak).toMatchObject({ class: "delegated", rows: [{ b }] });
      const after = await stack.rowCounts();
      expect((after["statement"] ?? 0) - (before["statement"] ?? 0)).toBe(1);
      expect((after["audit_leaf"] ?? 0) - (before["audit_leaf"] ?? 0)).toBe(1);
      expect((await checkIn(stack, statement)).body).toEqual(answer.body);
      expect(await stack.rowCounts()).toEqual(after);
      const status = await owner.ask("getStatus");
      expect(status.lastReceipt).toBe((answer.body as { receipt: string }).receipt);
      expect(status.switches[0]).toMatchObject({ state: "armed", used: 0 });
      await stack.sequence();
      const { leaves } = await owner.ask("getLog");
      expect(leaves.map(({ action }) => action).slice(-1)).toEqual(["statement.delegated"]);
      expect(leaves.map(({ action }) => action)).toContain("statement.delegate");
    }));

  it("is answered by its stored receipt when the database failed the first time", () =>
    withStack(async (stack) => {
      const { owner, delegate } = await anAcceptingOwner(stack);
      const statement = await aDelegatedCheckIn(owner, delegate);
      const admin = stack.database.pool("superuser");
      await admin.query("revoke insert on statement from ak_api");
      expect((await checkIn(stack, statement)).status).toBe(500);
      await admin.query("grant insert on statement to ak_api");
      await admin.end();
      const before = await stack.rowCounts();
      expect((await checkIn(stack, statement)).status).toBe(200);
      expect(((await stack.rowCounts())["statement"] ?? 0) - (before["statement"] ?? 0)).toBe(1);
    }));

  it("cannot be told from one that there is not: neither an account, nor a key, nor a revoked one", () =>
    withStack(async (stack) => {
      const { owner, delegate } = await anAcceptingOwner(stack);
      const gone = await aDelegate(owner);
      const before = await aDelegatedCheckIn(owner, gone);
      await revoke(owner, gone);
      const stranger = generateSigningKey();
      const unknown = told(await challenge(stack, freshId(), delegate));
      expect(unknown).toMatch(/^404 .*"delegate-unknown"/);
      for (const key of [stranger, owner.device, owner.ownerKey, gone])
        expect(told(await challenge(stack, owner.account, key))).toEqual(unknown);
      expect((await challenge(stack, owner.account, delegate)).status).toBe(200);

      const forged = async (over: { account?: string; aud?: string }) => {
        const { aud } = await owner.challenge("checkin");
        const body = { aud, account: owner.account, deviceKey: encodeBase64url(stranger.publicKey) };
        const rest = { challenge: randomHash(), nonce: randomHash(), seenHead: owner.head, seenCheckpoint: "" };
        const all = { ...body, ...rest, answers: [], blob: "AAAA", iat: 0, ...over };
        return told(await checkIn(stack, await signed("checkin", all, stranger)));
      };
      const nobody = await forged({ account: freshId() });
      expect(nobody).toBe(unknown);
      expect(await forged({})).toEqual(nobody);
      expect(told(await checkIn(stack, before))).toBe(nobody);
      expect(await forged({ aud: randomHash(), account: freshId() })).toEqual(await forged({ aud: randomHash() }));
      const rows = await stack.rowCounts();
      await forged({});
      expect(await stack.rowCounts()).toEqual(rows);
    }));

  it("learns nothing from its challenge but that it may check in", () =>
    withStack(async (stack) => {
      const { owner, delegate, b } = await anAcceptingOwner(stack);
      const answer = await challenge(stack, owner.account, delegate);
      const { body } = openStatement(
        "challenge",
        (answer.body as { challenge: string }).challenge,
        await owner.keyholderKey(),
      );
      expect([body.pending, body.head.seq, body.account]).toEqual([[], 0, owner.account]);
      expect(JSON.stringify(body)).not.toContain(b);
    }));

  it("is refused, and leaves nothing, where no bequest counts it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await anArmedBequest(owner, await aRecipient(owner));
      const delegate = await aDelegate(owner);
      const statement = await aDelegatedCheckIn(owner, delegate);
      const before = await stack.rowCounts();
      const answer = await checkIn(stack, statement);
      expect([answer.status, codeOf(answer)]).toEqual([403, "sign-not-accepted"]);
      expect(await stack.rowCounts()).toEqual(before);
    }));

  it("gives no other statement of the owner's account on this way, signed as it may be", () =>
    withStack(async (stack) => {
      const { owner, delegate } = await anAcceptingOwner(stack);
      const { aud, challenge: nonce } = await owner.challenge("stricter");
      const scope = { scope: "account" as const, b: "" as const, policyHash: "" as const };
      const disarm = { aud, account: owner.account, challenge: nonce, ...scope, iat: 0 };
      for (const key of [delegate, owner.ownerKey]) {
        const answer = await checkIn(stack, await signed("disarm", disarm, key));
        expect([answer.status, codeOf(answer)]).toEqual([400, "statement-malformed"]);
      }
      // And a device's check-in, over a challenge that was given to its session, is logged as what it is.
      const byDevice = await checkIn(stack, await aSignedCheckIn(owner));
      expect((await receiptOf(owner, byDevice)).weak).toBeUndefined();
      await stack.sequence();
      expect((await owner.ask("getLog")).leaves.at(-1)?.action).toBe("statement.checkin");
    }));

  it("is counted by its address, at each of its two doors alone", () =>
    withStack(
      async (stack) => {
        const { owner, delegate } = await anAcceptingOwner(stack);
        const statement = await aDelegatedCheckIn(owner, delegate);
        const from = "192.0.2.7";
        for (let i = 0; i < 3; i++) expect((await challenge(stack, owner.account, delegate, from)).status).toBe(200);
        const many = await challenge(stack, owner.account, delegate, from);
        expect([many.status, codeOf(many)]).toEqual([429, "too-many-attempts"]);
        expect((await checkIn(stack, statement, from)).status).toBe(200);
        for (let i = 0; i < 2; i++) expect((await checkIn(stack, statement, from)).status).toBe(200);
        expect((await checkIn(stack, statement, from)).status).toBe(429);
        expect((await challenge(stack, owner.account, delegate, "192.0.2.8")).status).toBe(200);
        const link = { token: randomHash(), nonce: randomHash() };
        const byLink = await stack.ask({ method: "POST", url: "/v1/checkins/token", body: link, from });
        expect(byLink.status).toBe(404);
      },
      { limits: { perAddress: 3 } },
    ));

  it("stays known to a keyholder that was restored, once the owner is back", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      await anArmedBequest(owner, await aRecipient(owner), { classes: ["signed", "delegated"] });
      const copy = await stack.backUpKeyholder();
      const delegate = await aDelegate(owner);
      await stack.restoreKeyholder(copy);
      expect((await challenge(stack, owner.account, delegate)).status).toBe(404);
      await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
      const answer = await checkIn(stack, await aDelegatedCheckIn(owner, delegate));
      expect([answer.status, (await receiptOf(owner, answer)).weak?.class]).toEqual([200, "delegated"]);
    }));
});
