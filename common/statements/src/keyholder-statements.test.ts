import { describe, expect, it } from "vitest";
import type { StatementBody, StatementKind } from "./bodies.ts";
import { zeroHash } from "./bodies.ts";
import { verifyCheckIn } from "./check-in.ts";
import {
  verifyChallenge,
  verifyDepositKey,
  verifyImported,
  verifyRelease,
  verifyWithdrawn,
} from "./keyholder-statements.ts";
import { tokenCheckInId, tokenHash } from "./token.ts";
import {
  account,
  anArmedAccount,
  aSigner,
  bequest,
  device,
  hashOf,
  idOf,
  keyholder,
  owner,
  recipientOf,
  unsafeSignedForTestsOnly,
} from "./testing/an-account.ts";

const { view } = await anArmedAccount();
const key = keyholder.publicKey;
const place = { account, b: bequest, g: 1, r: idOf("anna") };
const refusal = (code: string) => expect.objectContaining({ name: "StatementError", code });
const said = <K extends StatementKind>(kind: K, body: StatementBody<K>) =>
  unsafeSignedForTestsOnly(kind, body, keyholder);

/** Every expected field, given another value, must be refused. */
function expectEachCompared<T extends object>(verify: (expected: T) => unknown, expected: T): void {
  verify(expected);
  for (const [field, value] of Object.entries(expected)) {
    const other =
      typeof value === "number" ? value + 1 : value === "real" ? "demo" : hashOf("other").slice(0, 21) + "A";
    const longer = typeof value === "string" && value.length === 43 ? hashOf("other") : other;
    expect(() => verify({ ...expected, [field]: longer }), field).toThrow(
      expect.objectContaining({ name: "StatementError" }),
    );
  }
}

describe("a challenge", () => {
  const body: StatementBody<"challenge"> = {
    aud: keyholder.thumb,
    account,
    purpose: "checkin",
    challenge: hashOf("challenge"),
    expires: 1000,
    head: view.head,
    blobKey: recipientOf("blob"),
    pending: [],
  };
  const expected = { keyholderKey: key, account, purpose: "checkin" as const, nowMs: 999, view };
  const verify = (changes: Partial<StatementBody<"challenge">>, of = {}) =>
    verifyChallenge(said("challenge", { ...body, ...changes }), { ...expected, ...of });

  it("is accepted for what it was asked for, until it expires", () => {
    expect(verify({})).toEqual({ body, head: "same" });
    expect(() => verify({}, { nowMs: 1000 })).toThrow(refusal("expired"));
  });
  it("is refused for another account, purpose or keyholder", () => {
    expect(() => verify({ account: idOf("other") })).toThrow(refusal("account"));
    expect(() => verify({ purpose: "control" })).toThrow(refusal("purpose"));
    expect(() => verify({ aud: hashOf("other") })).toThrow(refusal("audience"));
    expect(() => verifyChallenge(unsafeSignedForTestsOnly("challenge", body, aSigner("api")), expected)).toThrow(
      refusal("signature"),
    );
  });
  it("tells whether changes must be fetched first, and never lets a change be signed over an older or another chain", () => {
    expect(verify({ head: { seq: 9, id: hashOf("newer") } }).head).toBe("ahead");
    const control = (head: { seq: number; id: string }) => () =>
      verify({ head, purpose: "control" }, { purpose: "control" });
    expect(control({ seq: 9, id: hashOf("newer") })().head).toBe("ahead");
    expect(control({ seq: 1, id: view.ids[1] ?? "" })).toThrow(refusal("head-behind"));
    expect(control({ seq: 4, id: hashOf("other") })).toThrow(refusal("chain-conflict"));
    expect(control({ seq: 0, id: zeroHash })).toThrow(refusal("head-behind"));
  });
  it("lets a sign of life or a disarm be signed whatever the keyholder lost", () => {
    for (const purpose of ["checkin", "stricter"] as const) {
      const over = (head: { seq: number; id: string }) => verify({ head, purpose }, { purpose }).head;
      expect(over({ seq: 1, id: view.ids[1] ?? "" })).toBe("older");
      expect(over({ seq: 4, id: hashOf("other") })).toBe("fork");
    }
  });
  it("begins before the genesis with an empty head", () => {
    expect(verify({ head: { seq: 0, id: zeroHash } }, { view: null }).head).toBe("same");
    expect(verify({ head: { seq: 0, id: hashOf("x") } }, { view: null }).head).toBe("ahead");
    expect(() => verify({ head: { seq: 1, id: zeroHash } }, { view: null })).toThrow(refusal("chain-conflict"));
    expect(verify({}, { view: null }).head).toBe("ahead");
  });
  it("is refused with something pending that this version does not have", () => {
    const pending = Object.assign({ ...body }, { pending: [] });
    expect(verifyChallenge(said("challenge", pending), expected).body.pending).toEqual([]);
  });
});

describe("what the keyholder signs about a bequest", () => {
  it("is a deposit key for exactly that place, while it lasts", () => {
    const jws = said("deposit-key", { ...place, recipient: recipientOf("one time"), expires: 1000 });
    expectEachCompared((expected) => verifyDepositKey(jws, key, { ...expected, nowMs: 999 }), place);
    expect(() => verifyDepositKey(jws, key, { ...place, nowMs: 1000 })).toThrow(refusal("expired"));
    expect(() => verifyDepositKey(jws, owner.publicKey, { ...place, nowMs: 0 })).toThrow(refusal("signature"));
  });
  it("is an import of exactly those parts", () => {
    const parts = { deposit: hashOf("d"), shareCommit: hashOf("s"), outerHash: hashOf("o"), pathHash: hashOf("p") };
    const body = { ...place, ...parts };
    expectEachCompared((expected) => verifyImported(said("imported", body), key, expected), body);
  });
  it("is a release of exactly that decision", () => {
    const recipients = [{ r: idOf("anna"), delay: 5 }];
    const decision = { decisionId: idOf("decision"), policyHash: hashOf("p"), manifestHash: hashOf("m") };
    const { account: _account, b, g } = place;
    const rest = { trigger: "silence" as const, lastSign: hashOf("s"), decidedAt: 1, epoch: 0 };
    const jws = said("release", { account, b, g, ...decision, ...rest, recipients, mode: "real" });
    expectEachCompared((expected) => verifyRelease(jws, key, expected), {
      account,
      b,
      g,
      ...decision,
      mode: "real" as const,
    });
    expect(
      verifyRelease(jws, key, { account, b, g, mode: "real", recipients: [{ delay: 5, r: idOf("anna") }] }).body.g,
    ).toBe(1);
    expect(() =>
      verifyRelease(jws, key, { account, b, g, mode: "real", recipients: [{ r: idOf("anna"), delay: 4 }] }),
    ).toThrow(refusal("mismatch"));
    expect(() => verifyRelease(jws, key, { account, b, g, mode: "demo" })).toThrow(refusal("mode"));
    expect(() => verifyWithdrawn(jws, key, { ...place, decisionId: idOf("decision") })).toThrow(refusal("kind"));
  });
  it("is a withdrawal of exactly that grant", () => {
    const body = { ...place, decisionId: idOf("decision"), sign: hashOf("sign") };
    expectEachCompared((expected) => verifyWithdrawn(said("withdrawn", { ...body, at: 9 }), key, expected), body);
  });
});

describe("a check-in", () => {
  const body: StatementBody<"checkin"> = {
    aud: keyholder.thumb,
    account,
    deviceKey: device.publicText,
    challenge: hashOf("challenge"),
    nonce: hashOf("nonce"),
    seenHead: view.head,
    seenCheckpoint: "",
    answers: [],
    blob: "blob",
    iat: 1,
  };
  const verify = (changes: Partial<StatementBody<"checkin">>, signer = device) =>
    verifyCheckIn(unsafeSignedForTestsOnly("checkin", { ...body, ...changes }, signer), view);

  it("is signed by a device that the owner certified", () => {
    expect(verify({})).toMatchObject({ kind: "checkin", kid: device.thumb, seenHead: "same" });
  });
  it("is refused from another device, the owner key included", () => {
    const eve = aSigner("eve");
    expect(() => verify({ deviceKey: eve.publicText }, eve)).toThrow(refusal("device-unknown"));
    expect(() => verify({ deviceKey: owner.publicText }, owner)).toThrow(refusal("device-unknown"));
    expect(() => verify({}, eve)).toThrow(refusal("signature"));
  });
  it("is refused for another account or keyholder", () => {
    expect(() => verify({ account: idOf("other") })).toThrow(refusal("account"));
    expect(() => verify({ aud: hashOf("other") })).toThrow(refusal("audience"));
  });
  it("lets at most sixteen requests go on, each named once", () => {
    const answers = Array.from({ length: 17 }, (_, i) => ({ request: idOf(`request ${i}`), answer: "leave" as const }));
    const [first] = answers;
    expect(verify({ answers: answers.slice(0, 16) }).body.answers).toHaveLength(16);
    expect(() => verify({ answers })).toThrow(refusal("body"));
    expect(() => verify({ answers: first === undefined ? [] : [first, first] })).toThrow(refusal("unsupported"));
  });
  it("tells how far its device had seen", () => {
    expect(verify({ seenHead: { seq: 1, id: view.ids[1] ?? "" } }).seenHead).toBe("older");
    expect(verify({ seenHead: { seq: 9, id: hashOf("newer") } }).seenHead).toBe("ahead");
    expect(verify({ seenHead: { seq: 1, id: hashOf("other") } }).seenHead).toBe("fork");
  });
});

describe("a check-in by mail link", () => {
  const [token, nonce] = [hashOf("token"), hashOf("nonce")];
  it("has an id of its own for every account, token and nonce", () => {
    const ids = [
      tokenCheckInId(account, token, nonce),
      tokenCheckInId(idOf("other"), token, nonce),
      tokenCheckInId(account, nonce, nonce),
      tokenCheckInId(account, token, token),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(tokenHash(token)).not.toBe(token);
  });
  it("refuses anything but an id and 32 bytes each", () => {
    expect(() => tokenCheckInId("x", token, nonce)).toThrow("not a valid id");
    expect(() => tokenCheckInId(account, idOf("x"), nonce)).toThrow("not a valid token");
    expect(() => tokenCheckInId(account, token, idOf("x"))).toThrow("not a valid nonce");
  });
});
