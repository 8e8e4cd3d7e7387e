import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { ctx, hash, sign } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { latestPolicy } from "./account-view.ts";
import type { StatementBody } from "./bodies.ts";
import { extendChain, verifyChain } from "./chain.ts";
import { withKitSignature } from "./kit-arming.ts";
import { openStatement } from "./open.ts";
import { signedStatement } from "./sign.ts";
import {
  aNewAccount,
  aSigner,
  anArmedAccount,
  bequest,
  device,
  disarmBody,
  hashOf,
  idOf,
  manifestBody,
  owner,
  pinBody,
  policyBody,
  revocation,
  trust,
  unsafeSignedForTestsOnly,
  withStatement,
} from "./testing/an-account.ts";

type Policy = StatementBody<"policy">;

const pinned = await withStatement(await aNewAccount(), "pin", (one) => pinBody(one, "anna"));
const filled = await withStatement(pinned, "manifest", (one) => manifestBody(one, 1));
const { view } = filled;
const plain = policyBody(view);
const withKit = await withKitSignature(plain, owner.thumb, revocation);
const refusal = (code: string) => expect.objectContaining({ name: "StatementError", code });

function expectRefused(body: Policy, code: string, before = view): void {
  expect(() => extendChain(before, unsafeSignedForTestsOnly("policy", body, owner), trust)).toThrow(refusal(code));
}

describe("a first arming that the recovery kit signed too", () => {
  it("is part of the chain, for whoever reads it and for a recipient who has the policy alone", async () => {
    const { jws, id } = await signedStatement("policy", withKit, owner);
    const armed = extendChain(view, jws, trust);
    expect(latestPolicy(armed, bequest)).toMatchObject({ id, body: { kit: withKit.kit } });
    expect(verifyChain([...filled.statements, jws], trust).head.id).toBe(id);
    expect(openStatement("policy", jws, owner.publicKey).body).toEqual(withKit);
  });

  it("has another name than the same policy without it, so nobody takes one for the other", async () => {
    const [one, other] = [
      await signedStatement("policy", plain, owner),
      await signedStatement("policy", withKit, owner),
    ];
    expect(one.id).not.toBe(other.id);
  });

  it("is refused by any other key than the one that the genesis names for it", async () => {
    for (const key of [owner, device, aSigner("another kit")])
      expectRefused(await withKitSignature(plain, owner.thumb, key), "kit");
  });

  it("is refused for anything else than what was signed: each field changed once", () => {
    const [recipient] = plain.recipients;
    if (recipient === undefined) expect.fail();
    const { times } = plain;
    const changes: Partial<Policy>[] = [
      { b: idOf("another bequest") },
      { challenge: hashOf("another challenge") },
      { iat: plain.iat + 1 },
      { g: 2 },
      { bi: `${plain.bi}q` },
      { recipients: [{ ...recipient, delay: 1 }] },
      { recipients: [{ ...recipient, shareCommit: hashOf("another share") }] },
      { recipients: [{ ...recipient, outerHash: hashOf("another outer") }] },
      { times: { ...times, interval: times.interval + 1 } },
      { times: { ...times, grace: times.grace + 1 } },
      { times: { ...times, lastCall: times.lastCall + 1 } },
      { times: { ...times, reminders: times.reminders.slice(1) } },
      { classes: ["signed"] },
      { weakMax: plain.weakMax - 1 },
      { unreachableExtra: plain.unreachableExtra + 1 },
      { contacts: [hashOf("another contact")] },
      { acceptUnverified: true },
      { requests: [{ r: recipient.r, wait: 5 * 86_400_000 }] },
    ];
    for (const change of changes) expectRefused({ ...withKit, ...change }, "kit");
  });

  it("is refused at another place of the chain, in another account and for another keyholder", async () => {
    const later = await withStatement(filled, "manifest", (one) => manifestBody(one, 2));
    const { seq, prev } = policyBody(later.view);
    expectRefused({ ...withKit, seq, prev }, "kit", later.view);
    for (const change of [
      { account: idOf("another account") },
      { aud: hashOf("another"), keyholders: [hashOf("another")] },
    ]) {
      const elsewhere = await withKitSignature({ ...plain, ...change }, owner.thumb, revocation);
      expectRefused({ ...plain, kit: elsewhere.kit }, "kit");
    }
  });

  it("is refused for what another key than this account's owner key was to sign", async () => {
    expectRefused(await withKitSignature(plain, device.thumb, revocation), "kit");
  });

  it("is refused if the kit signed the policy itself, its id, or anything else", async () => {
    const { jws, id } = await signedStatement("policy", plain, owner);
    const input = new TextEncoder().encode(jws.slice(0, jws.lastIndexOf(".")));
    const signs = [
      input,
      hash(input),
      decodeBase64url(id),
      ctx("kit-revocation", decodeBase64url(id)),
      new Uint8Array(),
    ];
    for (const one of signs) expectRefused({ ...plain, kit: encodeBase64url(sign(one, revocation.key)) }, "kit");
    expectRefused({ ...plain, kit: encodeBase64url(new Uint8Array(64)) }, "kit");
  });

  it("has one form: absent, or 64 bytes in their one spelling", () => {
    const { kit = "" } = withKit;
    for (const changed of ["", kit.slice(0, -1), `${kit}A`, `${kit}==`, `${kit.slice(0, -1)}B`]) {
      expect(() => unsafeSignedForTestsOnly("policy", { ...plain, kit: changed }, owner)).toThrow(refusal("body"));
    }
  });
});

describe("a kit's signature in any later policy", () => {
  it("is refused, however right it is: it hastens nothing but the first arming", async () => {
    const { view: armed } = await anArmedAccount();
    const shorter = { ...plain.times, interval: 20 * 86_400_000, reminders: [86_400_000] };
    for (const times of [plain.times, shorter]) {
      const next = await withKitSignature({ ...policyBody(armed), times, weakMax: 0 }, owner.thumb, revocation);
      expectRefused(next, "not-first", armed);
    }
  });

  it("is refused after a disarm too", async () => {
    const armed = await anArmedAccount();
    const policyHash = latestPolicy(armed.view, bequest)?.id ?? "";
    const { view: disarmed } = await withStatement(armed, "disarm", () => disarmBody(policyHash));
    expectRefused(await withKitSignature(policyBody(disarmed), owner.thumb, revocation), "not-first", disarmed);
  });

  it("is taken for another bequest's first arming", async () => {
    const armed = await withStatement(filled, "policy", (one) => policyBody(one));
    const other = { b: idOf("other"), bi: `${plain.bi}q` };
    const parts = {
      outerHash: hashOf("o2"),
      shareCommit: hashOf("s2"),
      paths: [{ path: 1 as const, mask: 1 as const, pathHash: hashOf("p2") }],
    };
    const body = policyBody(armed.view, other);
    const next = { ...body, recipients: body.recipients.map((one) => ({ ...one, ...parts })) };
    const { jws, id } = await signedStatement("policy", await withKitSignature(next, owner.thumb, revocation), owner);
    expect(extendChain(armed.view, jws, trust).head.id).toBe(id);
  });
});
