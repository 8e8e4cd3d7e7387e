import { describe, expect, it } from "vitest";
import { longestPauseMs } from "@afterkeep/switch";
import { latestPolicy } from "./account-view.ts";
import { extendChain } from "./chain.ts";
import { verifyReceipt } from "./receipt.ts";
import { signedStatement } from "./sign.ts";
import {
  aSigner,
  anArmedAccount,
  bequest,
  dayMs,
  hashOf,
  idOf,
  owner,
  pauseBody,
  trust,
  withStatement,
} from "./testing/an-account.ts";
import { expectationOf, receiptBody, rowOf, type Row, signedReceipt } from "./testing/a-receipt.ts";

const armed = await anArmedAccount();
const policyHash = latestPolicy(armed.view, bequest)?.id ?? "";
const paused = await withStatement(armed, "pause", () => pauseBody(policyHash, 90 * dayMs));
const { view } = paused;
const statement = view.pauses[0]?.id ?? "";

describe("a pause", () => {
  it("stands beside the chain: it moves no head and changes no policy", () => {
    expect(view.head).toEqual(armed.view.head);
    expect(view.pauses).toEqual([{ id: statement, scope: "bequest", b: bequest, forMs: 90 * dayMs }]);
    expect(latestPolicy(view, bequest)?.id).toBe(policyHash);
  });

  const refused = (code: string) => expect.objectContaining({ code });

  it.each([
    ["longer than a year", pauseBody(policyHash, longestPauseMs + 1), "times"],
    ["of no bequest", pauseBody("", dayMs, { b: "" }), "unsupported"],
    ["of everything and names one", pauseBody(policyHash, dayMs, { scope: "account" }), "unsupported"],
  ])("cannot be signed when it is %s", async (_what, body, code) => {
    await expect(signedStatement("pause", body, owner)).rejects.toThrow(refused(code));
  });

  it.each([
    ["of an unknown bequest", pauseBody(policyHash, dayMs, { b: idOf("another bequest") }), "policy-unknown"],
    ["for another keyholder", pauseBody(policyHash, dayMs, { aud: hashOf("other") }), "audience"],
  ])("is refused when it is %s", async (_what, body, code) => {
    const { jws } = await signedStatement("pause", body, owner);
    expect(() => extendChain(armed.view, jws, trust)).toThrow(refused(code));
  });

  it("is refused by another key and when it comes twice", async () => {
    const { jws } = await signedStatement("pause", pauseBody(policyHash, dayMs), aSigner("a stranger"));
    expect(() => extendChain(armed.view, jws, trust)).toThrow(expect.objectContaining({ code: "signature" }));
    const again = paused.statements.at(-1) ?? "";
    expect(() => extendChain(view, again, trust)).toThrow(expect.objectContaining({ code: "duplicate" }));
  });
});

describe("the receipt of a pause", () => {
  const { left } = rowOf(view, {});
  const judge = (changes: Partial<Row>) =>
    verifyReceipt(
      signedReceipt({ ...receiptBody(view), statement, rows: [rowOf(view, changes)] }),
      expectationOf(view, { statement, what: "change" }),
    );
  const reason = (why: string) => expect.objectContaining({ name: "NotReceiptedError", reason: why });

  it("counts when the bequest is paused and all of the pause and the full time are left", () => {
    expect(judge({ state: "paused", used: 0, left: left + 90 * dayMs }).outcome).toBe("counted");
  });

  it.each([
    ["the bequest is only armed", { state: "armed", used: 0, left: left + 90 * dayMs }, "pause"],
    ["the pause is a day too short", { state: "paused", used: 0, left: left + 89 * dayMs }, "time"],
    ["some of the time is used already", { state: "paused", used: 1, left: left + 90 * dayMs }, "not-counted"],
  ] as const)("does not count when %s", (_what, changes, why) => {
    expect(() => judge(changes)).toThrow(reason(why));
  });
});
