import { readFileSync } from "node:fs";
import { decodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
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
});
