import { describe, expect, it } from "vitest";
import { verifyReceipt } from "./receipt.ts";
import { anArmedAccount, bequest, dayMs, hashOf, idOf } from "./testing/an-account.ts";
import { expectationOf, type Receipt, receiptBody, rowOf, type Row, signedReceipt } from "./testing/a-receipt.ts";

const { view } = await anArmedAccount();
const reason = (why: string) => expect.objectContaining({ name: "NotReceiptedError", reason: why });
const rows = [{ b: bequest, left: 40 * dayMs }];

describe.each(["delegated", "attested"] as const)("a receipt for a weak sign (%s)", (by) => {
  const counted = receiptBody(view, { weak: { class: by, rows } });
  const verify = (body: Receipt, changes = {}) =>
    verifyReceipt(signedReceipt(body), expectationOf(null, { sign: by, ...changes }));
  const withRow = (changes: Partial<Row>) => ({ ...counted, rows: [rowOf(view, changes)] });

  it("counts where it says by what, on a device without a chain", () => {
    expect(verify(counted).receipt.weak?.rows).toEqual(rows);
    expect(verifyReceipt(signedReceipt(counted), expectationOf(view, { sign: by })).outcome).toBe("counted");
  });

  it("counts though other bequests did not hear it", () => {
    const other = rowOf(view, { b: idOf("other"), state: "lastCall", used: 5, left: 9, earliest: laterBy(9) });
    expect(verify({ ...counted, rows: [...counted.rows, other] }).receipt.weak?.rows).toEqual(rows);
  });

  it("does not count where it says nothing, or another class, or is for the owner's own sign", () => {
    const { weak: _weak, ...silent } = counted;
    const other = by === "delegated" ? "attested" : "delegated";
    expect(() => verify(silent)).toThrow(reason("not-counted"));
    expect(() => verify({ ...counted, weak: { class: other, rows } })).toThrow(reason("not-counted"));
    for (const sign of ["signed", "token"] as const)
      expect(() => verify(counted, { sign })).toThrow(reason("not-counted"));
  });

  it("does not count where what it names is not in it, twice, stands still, or has time used", () => {
    expect(() => verify({ ...counted, weak: { class: by, rows: [{ b: idOf("other"), left: 1 }] } })).toThrow(
      reason("not-counted"),
    );
    expect(() => verify({ ...counted, weak: { class: by, rows: [...rows, ...rows] } })).toThrow(reason("not-counted"));
    for (const state of ["disarmed", "closed"] as const) {
      const still = withRow({ state, left: 0, earliest: { silence: 0, request: 0 } });
      expect(() => verify(still)).toThrow(reason("not-counted"));
    }
    expect(() => verify(withRow({ used: 1 }))).toThrow(reason("not-counted"));
    expect(() => verify(withRow({ state: "grace" }))).toThrow(reason("not-counted"));
    expect(() => verify(withRow({ state: "held" }))).toThrow(reason("not-counted"));
    expect(() => verify(withRow({ state: "lastCall" }))).toThrow(reason("not-counted"));
  });

  it("counts under a decision where nothing more is given for three days from that moment on", () => {
    const releasing = (left: number, state: Row["state"] = "releasing") =>
      withRow({ state, used: 50 * dayMs, left, earliest: laterBy(left) });
    for (const state of ["releasing", "confirming", "frozen"] as const)
      expect(verify(releasing(3 * dayMs, state)).outcome).toBe("counted-under-unknown-changes");
    for (const left of [0, 3 * dayMs - 1, 3 * dayMs + 1])
      expect(() => verify(releasing(left))).toThrow(reason("not-counted"));
    for (const state of ["grace", "released"] as const)
      expect(() => verify(releasing(3 * dayMs, state))).toThrow(reason("not-counted"));
    const early = { ...releasing(3 * dayMs), at: counted.at - 1 };
    expect(() => verify(early)).toThrow(reason("time"));
  });

  it("does not count where it is old, another's, or behind the head that was seen", () => {
    const { head } = counted;
    expect(() => verify(counted, { seen: { epoch: 2, counter: 7 } })).toThrow(reason("stale"));
    expect(() => verify(counted, { nonce: hashOf("another") })).toThrow(reason("nonce"));
    expect(() => verify(counted, { account: idOf("other") })).toThrow(reason("account"));
    expect(verify(counted, { seenHead: head }).receipt.head).toEqual(head);
    expect(verify(counted, { seenHead: { seq: head.seq - 1, id: hashOf("before") } }).receipt.head).toEqual(head);
    expect(() => verify(counted, { seenHead: { seq: head.seq + 1, id: hashOf("after") } })).toThrow(
      reason("head-behind"),
    );
    expect(() => verify(counted, { seenHead: { seq: head.seq, id: hashOf("fork") } })).toThrow(reason("head-fork"));
  });

  it("counts behind that head after a restore, which its epoch shows", () => {
    const seenHead = { seq: counted.head.seq + 3, id: hashOf("lost") };
    expect(verify({ ...counted, epoch: 3, counter: 1 }, { seenHead }).seen).toEqual({ epoch: 3, counter: 1 });
  });
});

function laterBy(left: number): Row["earliest"] {
  return { silence: receiptBody(view).at + left, request: 0 };
}
