import type { StatementBody } from "../bodies.ts";
import { latestPolicy, newestManifest, type AccountView } from "../account-view.ts";
import type { ReceiptExpectation } from "../receipt.ts";
import { account, bequest, dayMs, hashOf, keyholder, unsafeSignedForTestsOnly } from "./an-account.ts";

export type Receipt = StatementBody<"receipt">;
export type Row = Receipt["rows"][number];
const at = 1_700_000_000_000;
const full = (30 + 14 + 3) * dayMs;

export function rowOf(view: AccountView, changes: Partial<Row> = {}): Row {
  const left = changes.left ?? full;
  return {
    b: bequest,
    g: 1,
    policyHash: latestPolicy(view, bequest)?.id ?? "",
    manifestHash: newestManifest(view, bequest, 1)?.manifestHash ?? "",
    state: "armed",
    used: 0,
    left,
    earliest: { silence: at + left, request: 0 },
    ...changes,
  };
}

/** What an honest keyholder answers to a check-in under `view`. */
export function receiptBody(view: AccountView, changes: Partial<Receipt> = {}): Receipt {
  return {
    account,
    statement: hashOf("the check-in"),
    nonce: hashOf("its nonce"),
    epoch: 2,
    counter: 7,
    head: view.head,
    mode: "real",
    probe: "public",
    at,
    rows: [rowOf(view)],
    pending: { requests: [], loosenings: [] },
    nextKey: hashOf("the next key"),
    ...changes,
  };
}

export function expectationOf(view: AccountView | null, changes: Partial<ReceiptExpectation> = {}): ReceiptExpectation {
  return {
    keyholderKey: keyholder.publicKey,
    nextKey: hashOf("the next key"),
    mode: "real",
    account,
    statement: hashOf("the check-in"),
    nonce: hashOf("its nonce"),
    seen: { epoch: 2, counter: 6 },
    sign: "signed",
    view,
    ...changes,
  };
}

export function signedReceipt(body: Receipt): string {
  return unsafeSignedForTestsOnly("receipt", body, keyholder);
}
