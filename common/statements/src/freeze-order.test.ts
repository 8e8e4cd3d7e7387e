import { describe, expect, it } from "vitest";
import { type StatementBody, zeroHash } from "./bodies.ts";
import { verifyFreezeOrder } from "./freeze-order.ts";
import { verifyFreezeState } from "./keyholder-statements.ts";
import { aSigner, dayMs, hashOf, keyholder, unsafeSignedForTestsOnly } from "./testing/an-account.ts";

const [ada, bo, eve] = [aSigner("ada"), aSigner("bo"), aSigner("eve")];
const operators = [ada.publicKey, bo.publicKey];
const expected = { operators, aud: keyholder.thumb, mode: "real" as const };
const order: StatementBody<"freeze"> = {
  aud: keyholder.thumb,
  mode: "real",
  epoch: 1,
  what: "freeze",
  forMs: 10 * dayMs,
  freeze: zeroHash,
  challenge: hashOf("challenge"),
  iat: 0,
};
const by = (signer: typeof ada, changes: Partial<typeof order> = {}) =>
  unsafeSignedForTestsOnly("freeze", { ...order, ...changes }, signer);
const refusal = (code: string) => expect.objectContaining({ name: "StatementError", code });

describe("an order of two operators", () => {
  it("is what both signed", () => {
    expect(verifyFreezeOrder([by(ada), by(bo)], expected)).toEqual(order);
    expect(verifyFreezeOrder([by(bo), by(ada)], expected)).toEqual(order);
  });

  it.each([
    ["one operator twice", [by(ada), by(ada)], "operators"],
    ["a stranger", [by(ada), by(eve)], "signature"],
    ["two bodies", [by(ada), by(bo, { iat: 1 })], "operators"],
    ["another keyholder", [by(ada, { aud: hashOf("other") }), by(bo, { aud: hashOf("other") })], "audience"],
    ["the other mode", [by(ada, { mode: "demo" }), by(bo, { mode: "demo" })], "mode"],
  ] as const)("is refused from or for %s", (_, statements, code) => {
    expect(() => verifyFreezeOrder(statements, expected)).toThrow(refusal(code));
  });

  it.each([
    [{ forMs: 30 * dayMs + 1 }],
    [{ forMs: 0 }],
    [{ what: "thaw" as const, freeze: hashOf("freeze") }],
    [{ what: "thaw" as const, forMs: 0 }],
  ])("is refused with times that cannot be meant: %j", (changes) => {
    expect(() => verifyFreezeOrder([by(ada, changes), by(bo, changes)], expected)).toThrow(refusal("times"));
  });
});

describe("the keyholder's word on a freeze", () => {
  const body: StatementBody<"freeze-state"> = {
    aud: keyholder.thumb,
    mode: "real",
    epoch: 1,
    at: 5,
    freeze: zeroHash,
    left: 0,
    until: 5,
    order: zeroHash,
    more: 3,
    again: 0,
    challenge: hashOf("challenge"),
    expires: 9,
  };
  const said = (changes: Partial<typeof body>, signer: typeof ada = keyholder) =>
    unsafeSignedForTestsOnly("freeze-state", { ...body, ...changes }, signer);
  const verify = (jws: string) => verifyFreezeState(jws, keyholder.publicKey, { mode: "real" });

  it("is believed of the pinned keyholder alone, in its own mode", () => {
    expect(verify(said({})).body).toEqual(body);
    expect(() => verify(said({}, eve))).toThrow(refusal("signature"));
    expect(() => verify(said({ mode: "demo" }))).toThrow(refusal("mode"));
    expect(() => verify(said({ aud: hashOf("other") }))).toThrow(refusal("mismatch"));
  });

  const thirtyDays = 30 * 86_400_000;
  const frozen = { freeze: hashOf("freeze"), left: thirtyDays, until: 5 + thirtyDays };
  it("is believed of a freeze as long as one may be, and of the third one of a row", () => {
    const third = { ...frozen, more: 0, again: 4 * thirtyDays };
    expect(verify(said(third)).body).toMatchObject(third);
  });
  it.each([
    { ...frozen, left: thirtyDays + 1, until: 6 + thirtyDays },
    { ...frozen, until: 6 + thirtyDays },
    { ...frozen, left: 0, until: 5 },
    { left: 1, until: 6 },
    { until: 6 },
    { more: 4 },
    { more: 0, again: 4 * thirtyDays + 1 },
  ])("is refused with what no freeze can be: %j", (changes) => {
    expect(() => verify(said(changes))).toThrow(refusal("times"));
  });
});
