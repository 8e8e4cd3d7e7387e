import { describe, expect, it } from "vitest";
import { type AccountView, latestPolicy } from "./account-view.ts";
import { NotReceiptedError } from "./not-receipted.ts";
import { verifyReceipt } from "./receipt.ts";
import {
  aSigner,
  account,
  anArmedAccount,
  bequest,
  dayMs,
  disarmBody,
  hashOf,
  idOf,
  manifestBody,
  pinBody,
  policyBody,
  unsafeSignedForTestsOnly,
  withStatement,
} from "./testing/an-account.ts";
import { expectationOf, type Receipt, receiptBody, rowOf, type Row, signedReceipt } from "./testing/a-receipt.ts";

const armed = await anArmedAccount();
const { view } = armed;
const honest = receiptBody(view);
const verify = (body: Receipt, changes = {}) => verifyReceipt(signedReceipt(body), expectationOf(view, changes));
const reason = (why: string) => expect.objectContaining({ name: "NotReceiptedError", reason: why });
const withRow = (changes: Partial<Row>) => ({ ...honest, rows: [rowOf(view, changes)] });

describe("a receipt", () => {
  it("counts when everything in it is what this device knows", () => {
    expect(verify(honest)).toEqual({
      outcome: "counted",
      lapsed: [],
      receipt: honest,
      seen: { epoch: 2, counter: 7 },
    });
  });
  it("counts on a device that never saw one", () => {
    expect(verify(honest, { seen: null }).outcome).toBe("counted");
  });
  it("counts for the others where the keyholder says that it could not read one", () => {
    const partly = { ...honest, rows: [], unheard: honest.rows.map(({ b }) => b) };
    expect(verify(partly).receipt.unheard).toEqual(partly.unheard);
  });
  it("counts in a later epoch even with a lower counter: the keyholder was restored", () => {
    expect(verify({ ...honest, epoch: 3, counter: 1 }).outcome).toBe("counted");
  });
  it("counts for a stopped bequest and for one where everything was fetched", () => {
    const stopped = { state: "disarmed" as const, left: 0, earliest: { silence: 0, request: 0 as const } };
    expect(verify(withRow(stopped)).outcome).toBe("counted");
    expect(verify(withRow({ state: "released", used: 5, left: 0 })).outcome).toBe("counted");
  });
  it("counts while two operators froze everything, if it is for no longer than a freeze lasts and no row runs", () => {
    const freeze = { freeze: hashOf("freeze"), until: honest.at + 30 * dayMs };
    const frozen = { ...withRow({ state: "frozen" }), freeze };
    expect(verify(frozen).receipt.freeze).toEqual(freeze);
    expect(() => verify({ ...frozen, freeze: { ...freeze, until: freeze.until + 1 } })).toThrow(reason("time"));
    expect(() => verify({ ...frozen, freeze: { ...freeze, until: honest.at - 1 } })).toThrow(reason("time"));
    expect(() => verify({ ...honest, freeze })).toThrow(reason("time"));
  });
  it("counts in a freeze only if each row has the time left that its policy gives after a sign", () => {
    const { at } = honest;
    const freeze = { freeze: hashOf("freeze"), until: at + dayMs };
    const [row] = honest.rows;
    const frozen = (changes: Partial<Row>) => ({ ...withRow({ state: "frozen", ...changes }), freeze });
    const short = (row?.left ?? 0) - 1;
    expect(verify(frozen({})).outcome).toBe("counted");
    const tooSoon = frozen({ left: short, earliest: { silence: at + short, request: 0 } });
    expect(() => verify(tooSoon)).toThrow(reason("time"));
    const asked = frozen({ earliest: { silence: at + (row?.left ?? 0), request: at + dayMs } });
    expect(() => verify(asked)).toThrow(reason("time"));
    // A clock in doubt has no freeze to name, and takes no more away.
    expect(() => verify({ ...honest, rows: tooSoon.rows })).toThrow(reason("time"));
    // Whose time is used may be decided already, by request and behind the freeze, and is not judged.
    const decided = frozen({ used: 5 * dayMs, left: 0, earliest: { silence: at, request: 0 } });
    expect(verify(decided, { sign: "token" }).outcome).toBe("counted");
  });
  it("counts under unknown changes when the keyholder's chain is ahead, and fully once they are fetched", async () => {
    const ahead = await withStatement(armed, "manifest", (now) => manifestBody(now, 3));
    const body = receiptBody(ahead.view);
    expect(verify(body).outcome).toBe("counted-under-unknown-changes");
    expect(verifyReceipt(signedReceipt(body), expectationOf(ahead.view)).outcome).toBe("counted");
  });
  it("counts under unknown changes on a device that has no chain", () => {
    expect(verifyReceipt(signedReceipt(honest), expectationOf(null)).outcome).toBe("counted-under-unknown-changes");
  });
  it("counts after a restore when a new epoch begins with an older head, and never within one epoch", () => {
    const older = { ...honest, epoch: 3, counter: 1, head: { seq: 3, id: view.ids[3] ?? "" } };
    expect(verify(older)).toMatchObject({ outcome: "counted-after-restore", seen: { epoch: 3, counter: 1 } });
    expect(() => verify(older, { seen: { epoch: 3, counter: 0 } })).toThrow(reason("head-behind"));
    expect(() => verify({ ...older, epoch: 1 }, { seen: null })).toThrow(reason("head-behind"));
    expect(verify({ ...honest, epoch: 3, counter: 1 }).outcome).toBe("counted");
  });
  it("counts after a restore only if time began anew and the chain is this device's own", () => {
    const older = { ...honest, epoch: 3, counter: 1, head: { seq: 3, id: view.ids[3] ?? "" } };
    expect(() => verify({ ...older, rows: [rowOf(view, { state: "held" })] })).toThrow(reason("not-counted"));
    expect(() => verify({ ...older, head: { seq: 3, id: hashOf("other") } })).toThrow(reason("head-fork"));
    const stale = rowOf(view, { manifestHash: hashOf("manifest 1") });
    expect(() => verify({ ...honest, epoch: 3, counter: 1, rows: [stale] })).toThrow(reason("manifest"));
    expect(verify({ ...honest, epoch: 3, counter: 1, rows: [] }).outcome).toBe("counted-after-restore");
  });
  it("counts on in the new epoch for what was signed before it, and for nothing that was signed since", () => {
    const seen = { epoch: 3, counter: 1 };
    const lostUpTo = view.head.seq;
    const later = { ...honest, epoch: 3, counter: 2 };
    const older = { ...later, head: { seq: 3, id: view.ids[3] ?? "" } };
    expect(verify({ ...later, rows: [] }, { seen, lostUpTo })).toMatchObject({
      outcome: "counted-after-restore",
      lapsed: [bequest],
    });
    expect(verify(older, { seen, lostUpTo }).outcome).toBe("counted-after-restore");
    expect(verify(later, { seen, lostUpTo })).toMatchObject({ outcome: "counted", lapsed: [] });
    expect(() => verify({ ...later, rows: [] }, { seen })).toThrow(reason("row-missing"));
    expect(() => verify(older, { seen, lostUpTo: lostUpTo - 1 })).toThrow(reason("head-behind"));
    const armedAt = latestPolicy(view, bequest)?.body.seq ?? 0;
    expect(() => verify({ ...later, rows: [] }, { seen, lostUpTo: armedAt - 1 })).toThrow(reason("row-missing"));
  });
  it("counts for a disarm of what has no row since a restore, and asks for nothing to be armed again", async () => {
    const policyHash = latestPolicy(view, bequest)?.id ?? "";
    const stopped = await withStatement(armed, "disarm", () => disarmBody(policyHash));
    const body = { ...receiptBody(stopped.view), epoch: 3, counter: 2, rows: [] };
    const seen = { epoch: 3, counter: 1 };
    const check = (changes = {}) =>
      verifyReceipt(signedReceipt(body), expectationOf(stopped.view, { seen, ...changes }));
    expect(check({ lostUpTo: view.head.seq })).toMatchObject({ outcome: "counted", lapsed: [] });
    expect(() => check()).toThrow(reason("row-missing"));
  });
  it("counts on a device that is new since a restore", () => {
    const older = { ...honest, epoch: 3, counter: 1, head: { seq: 3, id: view.ids[3] ?? "" } };
    expect(verify(older, { seen: null }).outcome).toBe("counted-after-restore");
    expect(verify({ ...honest, epoch: 3, rows: [] }, { seen: null }).lapsed).toEqual([bequest]);
  });
  it("of a mail link may leave bequests uncounted that do not accept it", () => {
    const waiting = withRow({ state: "grace", used: 31 * dayMs, left: 16 * dayMs });
    expect(verify(waiting, { sign: "token" }).outcome).toBe("counted");
    expect(() => verify(waiting)).toThrow(reason("not-counted"));
  });
});

describe("what was sent did NOT count", () => {
  it("without an answer", () => {
    expect(() => verifyReceipt(null, expectationOf(view))).toThrow(reason("missing"));
    expect(() => verifyReceipt("", expectationOf(view))).toThrow("This check-in did NOT count.");
    expect(() => verifyReceipt(null, expectationOf(view, { what: "change" }))).toThrow(
      "This change was not receipted.",
    );
  });
  it("when another key signed, the owner's or the api's", () => {
    expect(() =>
      verifyReceipt(unsafeSignedForTestsOnly("receipt", honest, aSigner("api")), expectationOf(view)),
    ).toThrow(reason("signature"));
  });
  it("when the answer is another kind of statement or none at all", () => {
    expect(() => verifyReceipt("nonsense", expectationOf(view))).toThrow(reason("unreadable"));
    const disguised = unsafeSignedForTestsOnly("receipt", honest, aSigner("keyholder"), "challenge");
    expect(() => verifyReceipt(disguised, expectationOf(view))).toThrow(reason("unreadable"));
  });
  it.each<[string, Receipt, string]>([
    ["for another account", { ...honest, account: idOf("other") }, "account"],
    ["for another statement", { ...honest, statement: hashOf("other") }, "statement"],
    ["to another nonce", { ...honest, nonce: hashOf("other") }, "nonce"],
    ["of a demonstration", { ...honest, mode: "demo" }, "mode"],
    ["with another next key", { ...honest, nextKey: hashOf("other") }, "next-key"],
    ["with the counter that was seen", { ...honest, counter: 6 }, "stale"],
    ["of an earlier epoch", { ...honest, epoch: 1, counter: 99 }, "stale"],
    ["behind this device's head", { ...honest, head: { seq: 3, id: view.ids[3] ?? "" } }, "head-behind"],
    ["on another chain", { ...honest, head: { seq: 4, id: hashOf("other") } }, "head-fork"],
    ["on another chain further back", { ...honest, head: { seq: 2, id: hashOf("other") } }, "head-fork"],
    ["without a row for an armed bequest", { ...honest, rows: [] }, "row-missing"],
    ["that did not hear what nobody armed", { ...honest, unheard: [idOf("other")] }, "row-unknown"],
    ["that both heard one and did not", { ...honest, unheard: [honest.rows[0]?.b ?? ""] }, "row-twice"],
    ["with a row twice", { ...honest, rows: [rowOf(view), rowOf(view)] }, "row-twice"],
    [
      "with a bequest nobody made",
      { ...honest, rows: [rowOf(view), rowOf(view, { b: idOf("other") })] },
      "row-unknown",
    ],
    ["with another policy", withRow({ policyHash: hashOf("other") }), "policy"],
    ["with another generation", withRow({ g: 2 }), "policy"],
    ["with an old manifest", withRow({ manifestHash: hashOf("manifest 1") }), "manifest"],
    ["with a draft", withRow({ state: "draft" }), "time"],
    ["with time that did not begin anew", withRow({ used: 1 }), "not-counted"],
    ["in last call", withRow({ state: "lastCall" }), "not-counted"],
    ["while held", withRow({ state: "held" }), "not-counted"],
    ["while releasing", withRow({ state: "releasing", left: 0 }), "not-counted"],
    ["with less time than the policy gives", withRow({ left: 47 * dayMs - 1 }), "time"],
    ["with an earliest moment before the time left", withRow({ earliest: { silence: honest.at, request: 0 } }), "time"],
    ["with time left for a stopped one", withRow({ state: "disarmed" }), "time"],
    ["made earlier than it says", { ...honest, at: honest.at - 1 }, "time"],
    [
      "with a loosening nobody made",
      { ...honest, pending: { requests: [], loosenings: [{ b: bequest, policyHash: hashOf("x"), left: 1 }] } },
      "loosening",
    ],
    [
      "with a loosening of another bequest",
      { ...honest, pending: { requests: [], loosenings: [{ b: idOf("x"), policyHash: hashOf("x"), left: 1 }] } },
      "loosening",
    ],
  ])("%s", (_name, body, why) => {
    expect(() => verify(body)).toThrow(reason(why));
  });
  it("when a real one answers in a demonstration", () => {
    expect(() => verify(honest, { mode: "demo" })).toThrow(reason("mode"));
    expect(verify({ ...honest, mode: "demo" }, { mode: "demo" }).outcome).toBe("counted");
  });
  it("even under unknown changes, when time did not begin anew", async () => {
    const ahead = await withStatement(armed, "manifest", (now) => manifestBody(now, 3));
    const body = receiptBody(ahead.view, { rows: [rowOf(ahead.view, { state: "reminding", used: 20 * dayMs })] });
    expect(() => verify(body)).toThrow(reason("not-counted"));
  });
});

describe("a receipt while a policy changes", async () => {
  const old = latestPolicy(view, bequest);
  const looser = await withStatement(armed, "policy", (now) =>
    policyBody(now, { times: { ...policyBody(now).times, grace: 7 * dayMs } }),
  );
  const pending = {
    requests: [],
    loosenings: [{ b: bequest, policyHash: latestPolicy(looser.view, bequest)?.id ?? "", left: 7 * dayMs }],
  } as Receipt["pending"];
  const cooling = (changes: Partial<Row> = {}) =>
    rowOf(looser.view, { policyHash: old?.id ?? "", left: 40 * dayMs, ...changes });
  const verifyCooling = (body: Receipt) => verifyReceipt(signedReceipt(body), expectationOf(looser.view));

  it("names the old policy as bound and the loosening as cooling", () => {
    expect(verifyCooling(receiptBody(looser.view, { rows: [cooling()], pending })).outcome).toBe("counted");
  });
  it("is refused if the newest policy is neither bound nor cooling", () => {
    expect(() => verifyCooling(receiptBody(looser.view, { rows: [cooling({ left: 47 * dayMs })] }))).toThrow(
      reason("policy"),
    );
  });
  it("counts after a restore, which drops what cooled, though the newest policy is not bound", () => {
    const dropped = receiptBody(looser.view, { epoch: 3, counter: 1, rows: [cooling({ left: 47 * dayMs })] });
    expect(verifyCooling(dropped)).toMatchObject({ outcome: "counted-after-restore", lapsed: [bequest] });
    const of = { b: bequest, policyHash: old?.id ?? "", left: 1 };
    const other = { ...dropped, pending: { requests: [], loosenings: [of] } } as Receipt;
    expect(() => verifyCooling(other)).toThrow(reason("loosening"));
  });
  it("is refused if it gives less than the coming policy", () => {
    expect(() =>
      verifyCooling(receiptBody(looser.view, { rows: [cooling({ left: 40 * dayMs - 1 })], pending })),
    ).toThrow(reason("time"));
  });
  it("is refused if the bound policy is said to cool as well", () => {
    const body = receiptBody(looser.view, { rows: [rowOf(looser.view)], pending });
    expect(() => verifyCooling(body)).toThrow(reason("loosening"));
  });
  it("is refused if a tightening is made to wait", async () => {
    const tighter = await withStatement(armed, "policy", (now) => policyBody(now, { unreachableExtra: 90 * dayMs }));
    const waits = {
      requests: [],
      loosenings: [{ b: bequest, policyHash: latestPolicy(tighter.view, bequest)?.id ?? "", left: 1 }],
    } as Receipt["pending"];
    const body = receiptBody(tighter.view, {
      rows: [rowOf(tighter.view, { policyHash: old?.id ?? "" })],
      pending: waits,
    });
    expect(() => verifyReceipt(signedReceipt(body), expectationOf(tighter.view))).toThrow(reason("loosening"));
  });
  it("is refused if the keyholder forgot a disarm", async () => {
    const stopped = await withStatement(armed, "disarm", () => disarmBody(old?.id ?? ""));
    const check = (body: Receipt) => verifyReceipt(signedReceipt(body), expectationOf(stopped.view));
    expect(() => check(receiptBody(stopped.view))).toThrow(reason("disarm"));
    const row = rowOf(stopped.view, { state: "disarmed", left: 0, earliest: { silence: 0, request: 0 } });
    expect(check(receiptBody(stopped.view, { rows: [row] })).outcome).toBe("counted");
  });
  it("needs no row for an account that armed nothing", async () => {
    const pinned = await withStatement(armed, "pin", (now) => pinBody(now, "ben"));
    const error = () =>
      verifyReceipt(signedReceipt(receiptBody(pinned.view, { rows: [] })), expectationOf(pinned.view));
    expect(error).toThrow(NotReceiptedError);
    expect(account).toBe(honest.account);
  });
});

describe("a receipt in which a bequest is still disarmed, of a keyholder put back to before it was armed anew", () => {
  const old = latestPolicy(view, bequest);
  const rearmedWith = async (changes: Parameters<typeof policyBody>[1]) => {
    const disarmed = await withStatement(armed, "disarm", () => disarmBody(old?.id ?? ""));
    return (await withStatement(disarmed, "policy", (now) => policyBody(now, changes))).view;
  };
  const stillDisarmed = (now: AccountView, changes: Partial<Row> = {}) => {
    const stopped = { state: "disarmed", left: 0, earliest: { silence: 0, request: 0 } } as const;
    return receiptBody(now, { epoch: 3, rows: [rowOf(now, { ...stopped, policyHash: old?.id ?? "", ...changes })] });
  };
  const check = (now: AccountView, body: Receipt, changes = {}) =>
    verifyReceipt(signedReceipt(body), expectationOf(now, changes));
  const sameAndLonger = [
    ["on the same terms", {}],
    ["with longer times", { unreachableExtra: 90 * dayMs }],
  ] as const;
  const seen = { epoch: 3, counter: 6 };

  it.each(sameAndLonger)("counts, and names what its owner must arm again: %s", async (_how, changes) => {
    const now = await rearmedWith(changes);
    const said = { outcome: "counted-after-restore", lapsed: [bequest] };
    expect(check(now, stillDisarmed(now))).toMatchObject(said);
    expect(check(now, stillDisarmed(now), { seen, lostUpTo: now.head.seq })).toMatchObject(said);
  });
  it.each(sameAndLonger)("is refused where no restore can have lost that arming: %s", async (_how, changes) => {
    const now = await rearmedWith(changes);
    const armedAt = latestPolicy(now, bequest)?.body.seq ?? 0;
    for (const lostUpTo of [undefined, -1, armedAt - 1])
      expect(() => check(now, stillDisarmed(now), { seen, ...(lostUpTo === undefined ? {} : { lostUpTo }) })).toThrow(
        reason("policy"),
      );
  });
  it("is refused where its row names a policy that is not one of this bequest's", async () => {
    const now = await rearmedWith({});
    expect(() => check(now, stillDisarmed(now, { policyHash: hashOf("another") }))).toThrow(reason("policy"));
  });
  it("names nothing where another device's disarm may have dropped what cooled", async () => {
    const times = { ...policyBody(view).times, grace: 7 * dayMs };
    const now = (await withStatement(armed, "policy", (before) => policyBody(before, { times }))).view;
    expect(check(now, stillDisarmed(now))).toMatchObject({ outcome: "counted", lapsed: [] });
  });
});
