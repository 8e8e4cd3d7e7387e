import { describe, expect, it } from "vitest";
import { latestPolicy } from "./account-view.ts";
import { extendChain } from "./chain.ts";
import { verifyReceipt } from "./receipt.ts";
import { signedStatement } from "./sign.ts";
import {
  aSigner,
  anArmedAccount,
  bequest,
  dayMs,
  disarmBody,
  hashOf,
  idOf,
  owner,
  policyBody,
  trust,
  withStatement,
} from "./testing/an-account.ts";
import { expectationOf, type Receipt, receiptBody, rowOf, type Row, signedReceipt } from "./testing/a-receipt.ts";

const armed = await anArmedAccount();
const requests = [{ r: idOf("anna"), wait: 5 * dayMs }];
const refused = (code: string) => expect.objectContaining({ code });

describe("who may ask", () => {
  it.each([
    ["somebody who receives nothing", [{ r: idOf("stranger"), wait: 5 * dayMs }], "unsupported"],
    ["one person twice", [...requests, ...requests], "unsupported"],
    ["for less than three days", [{ r: idOf("anna"), wait: 3 * dayMs - 1 }], "times"],
    ["for more than a year", [{ r: idOf("anna"), wait: 367 * dayMs }], "times"],
  ])("is not %s", async (_what, asked, code) => {
    const body = policyBody(armed.view, { requests: asked });
    await expect(signedStatement("policy", body, owner)).rejects.toThrow(refused(code));
  });
});

const askable = await withStatement(armed, "policy", (view) => policyBody(view, { requests }));
const { view } = askable;
const policyHash = latestPolicy(view, bequest)?.id ?? "";
const { at } = receiptBody(view);
const request = idOf("the request");
const pending = { requests: [{ request, b: bequest, r: idOf("anna"), left: 2 * dayMs }], loosenings: [] };
const byRequest = (left: number) => ({ silence: at + rowOf(view).left, request: at + left });

const judge = (row: Partial<Row>, more: Partial<Receipt> = {}, leaves: string[] = []) =>
  verifyReceipt(
    signedReceipt({ ...receiptBody(view), rows: [rowOf(view, { policyHash, ...row })], ...more }),
    expectationOf(view, { leaves }),
  );
const reason = (why: string) => expect.objectContaining({ name: "NotReceiptedError", reason: why });

describe("a receipt under a policy that lets somebody ask", () => {
  it("counts when nobody can open it by asking before the wait", () => {
    expect(judge({ earliest: byRequest(5 * dayMs) }).outcome).toBe("counted");
  });
  it.each([
    ["an earlier moment for requests", byRequest(5 * dayMs - 1)],
    ["no moment for requests", { ...byRequest(0), request: 0 }],
  ])("does not count with %s", (_what, earliest) => {
    expect(() => judge({ earliest })).toThrow(reason("time"));
  });
  it("does not count while a request goes on that was not answered", () => {
    expect(() => judge({ state: "requested", earliest: byRequest(2 * dayMs) }, { pending })).toThrow(reason("request"));
    expect(() => judge({ earliest: byRequest(5 * dayMs) }, { pending })).toThrow(reason("request"));
  });
  it("does not count where a bequest is asked for by nobody", () => {
    expect(() => judge({ state: "requested", earliest: byRequest(5 * dayMs) })).toThrow(reason("request"));
  });
  it("counts while the request goes on that this check-in let, with what is left of it", () => {
    const row = { state: "requested" as const, earliest: byRequest(2 * dayMs) };
    expect(judge(row, { pending }, [request]).outcome).toBe("counted");
    expect(() => judge({ ...row, earliest: byRequest(dayMs) }, { pending }, [request])).toThrow(reason("time"));
    expect(() => judge(row, { pending }, [idOf("another")])).toThrow(reason("request"));
  });
  it("names a moment for requests only where somebody may ask", () => {
    const { view: before } = armed;
    const row = rowOf(before, { earliest: { silence: at + rowOf(before).left, request: at + dayMs } });
    const body = signedReceipt({ ...receiptBody(before), rows: [row] });
    expect(() => verifyReceipt(body, expectationOf(before))).toThrow(reason("time"));
  });
});

describe("a refusal", () => {
  it("stands beside the chain, is signed by the owner's key alone, and counts once", async () => {
    const after = await withStatement(askable, "refuse", () => disarmBody(policyHash));
    expect(after.view.head).toEqual(view.head);
    expect(after.view.refusals).toHaveLength(1);
    const again = after.statements.at(-1) ?? "";
    expect(() => extendChain(after.view, again, trust)).toThrow(refused("duplicate"));
    const { jws } = await signedStatement("refuse", disarmBody(policyHash), aSigner("a stranger"));
    expect(() => extendChain(view, jws, trust)).toThrow(refused("signature"));
    const unknown = await signedStatement("refuse", disarmBody(policyHash, { b: idOf("other") }), owner);
    expect(() => extendChain(view, unknown.jws, trust)).toThrow(refused("policy-unknown"));
    for (const [change, code] of [
      [{ account: idOf("another account") }, "account"],
      [{ aud: hashOf("another keyholder") }, "audience"],
    ] as const) {
      const foreign = await signedStatement("refuse", { ...disarmBody(policyHash), ...change }, owner);
      expect(() => extendChain(view, foreign.jws, trust)).toThrow(refused(code));
    }
  });
});
