import { readFileSync } from "node:fs";
import { decodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { attestedSignId } from "./attested.ts";
import { extendChain, verifyChain } from "./chain.ts";
import { verifyCheckIn } from "./check-in.ts";
import { type ReceiptExpectation, verifyReceipt } from "./receipt.ts";
import { tokenCheckInId } from "./token.ts";

type Vectors = {
  account: string;
  keyholder: string;
  publicKeys: Record<"owner" | "revocation" | "device" | "keyholder", string>;
  chain: { kind: string; jws: string; id: string }[];
  head: { seq: number; id: string };
  refusedNext: { why: string; code: string; jws: string }[];
  refusedChains: { why: string; code: string; order: number[] }[];
  checkIn: { jws: string; id: string; nonce: string };
  receipt: { jws: string; nextKey: string; seenBefore: { epoch: number; counter: number } };
  refusedReceipts: { why: string; reason: string; jws: string }[];
  delegate: {
    jws: string;
    id: string;
    head: { seq: number; id: string };
    refusedNext: { why: string; code: string; jws: string }[];
    checkIn: { jws: string; id: string; nonce: string; class: string };
    refusedCheckIns: { why: string; code: string; jws: string; seq?: number }[];
    receipt: { jws: string; seenBefore: { epoch: number; counter: number } };
    refusedReceipts: { why: string; reason: string; jws: string }[];
  };
  kit: {
    jws: string;
    id: string;
    refused: { why: string; code: string; jws: string }[];
    refusedLater: { code: string; jws: string };
  };
  attested: { event: string; id: string };
  token: { token: string; nonce: string; id: string };
};

const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../../specs/vectors/account-chain.json", import.meta.url), "utf8"),
);
const trust = { account: vectors.account, keyholder: vectors.keyholder };
const statements = vectors.chain.map(({ jws }) => jws);
const view = verifyChain(statements, trust);
const expected: ReceiptExpectation = {
  keyholderKey: decodeBase64url(vectors.publicKeys.keyholder),
  nextKey: vectors.receipt.nextKey,
  mode: "real",
  account: vectors.account,
  statement: vectors.checkIn.id,
  nonce: vectors.checkIn.nonce,
  seen: vectors.receipt.seenBefore,
  sign: "signed",
  view,
};

describe("the account in specs/vectors/account-chain.json", () => {
  it("folds to its head", () => {
    expect(view.head).toEqual(vectors.head);
    expect(view.ids).toEqual(vectors.chain.map(({ id }) => id));
  });
  it("has a check-in by its device and a receipt that counts", () => {
    expect(verifyCheckIn(vectors.checkIn.jws, view)).toMatchObject({ id: vectors.checkIn.id, seenHead: "same" });
    expect(verifyReceipt(vectors.receipt.jws, expected).outcome).toBe("counted");
  });
  it.each(vectors.refusedNext)("refuses as its next statement: $why", ({ jws, code }) => {
    expect(() => extendChain(view, jws, trust)).toThrow(expect.objectContaining({ code }));
  });
  it.each(vectors.refusedChains)("refuses the chain: $why", ({ order, code }) => {
    expect(() =>
      verifyChain(
        order.map((at) => statements[at] ?? ""),
        trust,
      ),
    ).toThrow(expect.objectContaining({ code }));
  });
  it.each(vectors.refusedReceipts)("refuses as its receipt: $why", ({ jws, reason }) => {
    expect(() => verifyReceipt(jws, expected)).toThrow(expect.objectContaining({ reason }));
  });
  it("names a mail link's check-in", () => {
    const { token, nonce, id } = vectors.token;
    expect(tokenCheckInId(vectors.account, token, nonce)).toBe(id);
  });
  it("names an attested sign", () => {
    expect(attestedSignId(vectors.account, vectors.attested.event)).toBe(vectors.attested.id);
  });
});

describe("its first arming that the kit signed too", () => {
  const { kit } = vectors;
  const before = verifyChain(statements.slice(0, 3), trust);

  it("is the next of the chain", () => {
    expect(extendChain(before, kit.jws, trust).head.id).toBe(kit.id);
  });
  it.each(kit.refused)("refuses in its place: $why", ({ jws, code }) => {
    expect(() => extendChain(before, jws, trust)).toThrow(expect.objectContaining({ code }));
  });
  it("refuses a later one", () => {
    expect(() => extendChain(view, kit.refusedLater.jws, trust)).toThrow(
      expect.objectContaining({ code: kit.refusedLater.code }),
    );
  });
});

describe("its key that may only check in", () => {
  const { delegate } = vectors;
  const certified = extendChain(view, delegate.jws, trust);
  const weakly = {
    ...expected,
    statement: delegate.checkIn.id,
    seen: delegate.receipt.seenBefore,
    sign: "delegated" as const,
    view: certified,
  };

  it("is the next of the chain, and checks in weakly with a receipt that counts", () => {
    expect([certified.head, delegate.id]).toEqual([delegate.head, delegate.head.id]);
    const { id, class: by, seenHead } = verifyCheckIn(delegate.checkIn.jws, certified);
    expect([id, by, seenHead]).toEqual([delegate.checkIn.id, delegate.checkIn.class, "same"]);
    expect(verifyReceipt(delegate.receipt.jws, weakly).outcome).toBe("counted");
  });
  it.each(delegate.refusedNext)("refuses after it: $why", ({ jws, code }) => {
    expect(() => extendChain(certified, jws, trust)).toThrow(expect.objectContaining({ code }));
  });
  it.each(delegate.refusedCheckIns)("refuses as a check-in: $why", ({ jws, code, seq }) => {
    expect(() => verifyCheckIn(jws, seq === undefined ? certified : view)).toThrow(expect.objectContaining({ code }));
  });
  it.each(delegate.refusedReceipts)("refuses as its receipt: $why", ({ jws, reason }) => {
    expect(() => verifyReceipt(jws, weakly)).toThrow(expect.objectContaining({ reason }));
  });
});
