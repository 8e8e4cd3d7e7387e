import { describe, expect, it } from "vitest";
import { latestPolicy, mayBeDropped } from "./account-view.ts";
import { verifyReceipt } from "./receipt.ts";
import {
  type Account,
  account,
  anArmedAccount,
  aSigner,
  bequest,
  dayMs,
  device,
  following,
  hashOf,
  policyBody,
  type Signer,
  withStatement,
} from "./testing/an-account.ts";
import { expectationOf, type Receipt, receiptBody, type Row, rowOf, signedReceipt } from "./testing/a-receipt.ts";

const armed = await anArmedAccount();
const bound = latestPolicy(armed.view, bequest)?.id ?? "";
const withGrace = (known: Account, days: number) =>
  withStatement(known, "policy", (view) =>
    policyBody(view, { times: { ...policyBody(view).times, grace: days * dayMs } }),
  );
const looser = await withGrace(armed, 7);
const withRevoked = (known: Account, { publicText }: Signer) =>
  withStatement(known, "revoke-device", () => {
    const { aud, challenge, iat } = following(null, `revoke ${publicText}`);
    return { aud, account, challenge, deviceKey: publicText, iat };
  });
const revoked = await withRevoked(looser, device);

const reason = (why: string) => expect.objectContaining({ name: "NotReceiptedError", reason: why });
const coolingIn = ({ view }: Account): Receipt["pending"] => ({
  requests: [],
  loosenings: [{ b: bequest, policyHash: latestPolicy(view, bequest)?.id ?? "", left: 7 * dayMs }],
});
/** A receipt under what is known, in which the first policy is the bound one. */
const receiptOf = ({ view }: Account, row: Partial<Row> = {}, changes: Partial<Receipt> = {}) =>
  receiptBody(view, { rows: [rowOf(view, { policyHash: bound, ...row })], ...changes });
const judge = ({ view }: Account, body: Receipt) =>
  verifyReceipt(signedReceipt(body), expectationOf(view, { statement: body.statement }));

describe("a receipt after a device was taken away", () => {
  it("counts though the newest policy, which cooled, is gone", () => {
    expect(judge(revoked, receiptOf(revoked)).outcome).toBe("counted");
    expect(() => judge(looser, receiptOf(looser))).toThrow(reason("policy"));
  });

  it("counts where the newest policy had bound before, or came after it and cools", async () => {
    const newest = latestPolicy(revoked.view, bequest)?.id ?? "";
    const had = receiptOf(revoked, { policyHash: newest, left: 40 * dayMs });
    expect(judge(revoked, had).outcome).toBe("counted");
    const again = await withGrace(revoked, 8);
    expect(mayBeDropped(again.view, latestPolicy(again.view, bequest)?.id ?? "")).toBe(false);
    const cools = receiptOf(again, { left: 41 * dayMs }, { pending: coolingIn(again) });
    expect(judge(again, cools).outcome).toBe("counted");
    expect(() => judge(again, receiptOf(again))).toThrow(reason("policy"));
  });

  it("counts for a device that folds what stands beside the chain last", async () => {
    const chain = await withGrace(looser, 8);
    const last = await withRevoked(chain, device);
    expect(judge(last, receiptOf(last, { left: 41 * dayMs }, { pending: coolingIn(last) })).outcome).toBe("counted");
    expect(judge(last, receiptOf(last)).outcome).toBe("counted");
  });

  it("promises no less than the policy that stays", () => {
    expect(() => judge(revoked, receiptOf(revoked, { left: 47 * dayMs - 1 }))).toThrow(reason("time"));
  });

  it("is refused where what tightens is gone", async () => {
    const tighter = await withRevoked(await withGrace(armed, 20), device);
    expect(() => judge(tighter, receiptOf(tighter))).toThrow(reason("policy"));
  });

  it("is refused as the answer to the taking away itself where something still cools", () => {
    const statement = revoked.view.deviceRevocations[0]?.id ?? "";
    const cools = receiptOf(revoked, { left: 40 * dayMs }, { statement, pending: coolingIn(revoked) });
    expect(() => judge(revoked, cools)).toThrow(reason("loosening"));
    expect(judge(revoked, { ...receiptOf(revoked), statement }).outcome).toBe("counted");
    expect(judge(revoked, { ...cools, statement: hashOf("the check-in") }).outcome).toBe("counted");
  });
});

describe("a delegate that was taken away", () => {
  it("drops nothing that cools", async () => {
    const job = aSigner("job");
    const delegated = await withStatement(looser, "delegate", (view) => ({ ...following(view), key: job.publicText }));
    const without = await withRevoked(delegated, job);
    expect(without.view.deviceRevocations).toEqual([]);
    expect(() => judge(without, receiptOf(without))).toThrow(reason("policy"));
    const statement = [...without.view.revoked.values()][0] ?? "";
    const cools = receiptOf(without, { left: 40 * dayMs }, { statement, pending: coolingIn(without) });
    expect(judge(without, cools).outcome).toBe("counted");
  });
});

describe("a key that nobody knows", () => {
  it("counts as a device's: what is in doubt is dropped", async () => {
    const unknown = await withRevoked(looser, aSigner("a phone that a restore lost"));
    expect(judge(unknown, receiptOf(unknown)).outcome).toBe("counted");
  });
});

describe("a receipt of a bequest that another device disarmed", () => {
  it("counts though what cooled then is gone: who reads the chain does not hear of a disarm", () => {
    const disarmed = receiptOf(looser, { state: "disarmed", left: 0, earliest: { silence: 0, request: 0 } });
    expect(judge(looser, disarmed).outcome).toBe("counted");
  });
});
