import { decodeBase64url, decodeUtf8, encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { generateSigningKey, sign } from "@afterkeep/crypto";
import { decodeJcsObject, encodeJcs, type JcsObject, type JcsValue, signStatement } from "@afterkeep/formats";
import { NotReceiptedError, type SdkError, UnavailableError } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, openHousehold, restarted, someoneAt } from "./a-household.ts";

let household: Household;

beforeAll(async () => {
  household = await openHousehold();
  await armBequest(household);
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

const attacker = generateSigningKey();

function payloadOf(jws: string): JcsObject {
  return decodeJcsObject(decodeBase64url(jws.split(".")[1] ?? ""), 65_536);
}

/** The receipt with one field changed: under the old signature, or signed by somebody who is not the keyholder. */
function forged(jws: string, change: (payload: JcsObject) => JcsObject, how: "same signature" | "own key"): string {
  const [header = "", , signature = ""] = jws.split(".");
  const payload = change(payloadOf(jws));
  if (how === "own key") return signStatement("receipt", payload, attacker);
  return `${header}.${encodeBase64url(encodeJcs(payload))}.${signature}`;
}

function other(value: JcsValue | undefined): JcsValue {
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return value === "" ? "x" : `${value.startsWith("B") ? "C" : "B"}${value.slice(1)}`;
  if (Array.isArray(value)) return value.length > 0 ? [] : ["x"];
  return { x: 1 };
}

const fields = [
  "account",
  "statement",
  "nonce",
  "epoch",
  "counter",
  "head",
  "mode",
  "probe",
  "at",
  "rows",
  "pending",
  "nextKey",
];
const rowFields = ["b", "g", "policyHash", "manifestHash", "state", "used", "left", "earliest"];

async function expectNotCounted(attempt: Promise<unknown>, kind: typeof SdkError = NotReceiptedError): Promise<void> {
  const before = (await household.owner.store.load())?.seen;
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  expect((error as SdkError).message).toContain("This check-in did NOT count");
  expect((await household.owner.store.load())?.seen).toEqual(before);
}

describe("a check-in whose receipt was changed on the way did not count", () => {
  it("but an honest one did", async () => {
    const { counted, earliestMs } = await household.owner.afterkeep.checkIn();
    expect([counted, (earliestMs ?? 0) > 0]).toEqual([true, true]);
  });

  for (const how of ["same signature", "own key"] as const) {
    it.each(fields)(`with another %s (${how})`, async (field) => {
      household.server.change("checkIn", ({ receipt }) => ({
        receipt: forged(receipt, (payload) => ({ ...payload, [field]: other(payload[field]) }), how),
      }));
      await expectNotCounted(household.owner.afterkeep.checkIn());
    });

    it.each(rowFields)(`with another %s in its row (${how})`, async (field) => {
      const changeRow = (payload: JcsObject): JcsObject => {
        const rows = payload["rows"] as readonly JcsObject[];
        return { ...payload, rows: rows.map((row) => ({ ...row, [field]: other(row[field]) })) };
      };
      household.server.change("checkIn", ({ receipt }) => ({ receipt: forged(receipt, changeRow, how) }));
      await expectNotCounted(household.owner.afterkeep.checkIn());
    });
  }

  it("unchanged, but signed by the api", async () => {
    household.server.change("checkIn", ({ receipt }) => ({
      receipt: forged(receipt, (payload) => payload, "own key"),
    }));
    await expectNotCounted(household.owner.afterkeep.checkIn());
  });

  it("with the signature of something else", async () => {
    household.server.change("checkIn", ({ receipt }) => {
      const signature = sign(encodeUtf8("anything"), attacker);
      return { receipt: `${receipt.split(".").slice(0, 2).join(".")}.${encodeBase64url(signature)}` };
    });
    await expectNotCounted(household.owner.afterkeep.checkIn());
  });
});

describe("a check-in that was never handed on did not count", () => {
  it("when the server shows an old receipt again", async () => {
    await household.owner.afterkeep.checkIn();
    const old = household.server.last("checkIn");
    household.server.change("checkIn", () => old);
    await expectNotCounted(household.owner.afterkeep.checkIn());
  });

  it("when it shows a genuine receipt for another statement", async () => {
    const { receipt } = household.server.last("submitStatement");
    household.server.change("checkIn", () => ({ receipt }));
    await expectNotCounted(household.owner.afterkeep.checkIn());
  });

  it("when it says thank you in its own words", async () => {
    household.server.change("checkIn", () => ({ ok: true }));
    await expectNotCounted(household.owner.afterkeep.checkIn());
  });

  it("when it adds a field that nobody agreed on", async () => {
    household.server.change("checkIn", (answer) => ({ ...answer, earliest: 4_000_000_000_000 }));
    await expectNotCounted(household.owner.afterkeep.checkIn());
  });

  it("when it does not answer", async () => {
    household.server.change("checkIn", () => {
      throw new TypeError("fetch failed");
    });
    await expectNotCounted(household.owner.afterkeep.checkIn(), UnavailableError);
  });

  it("when the keyholder itself was set back behind what this device has seen", async () => {
    const { store } = household.owner;
    const profile = await store.load();
    if (!profile?.seen) throw new Error("nothing was seen yet");
    await store.save({ ...profile, seen: { ...profile.seen, counter: profile.seen.counter + 1000 } });
    await expectNotCounted(household.owner.afterkeep.checkIn());
    await store.save(profile);
  });

  it("and a device that was restarted still knows which receipts are old", async () => {
    await household.owner.afterkeep.checkIn();
    const old = household.server.last("checkIn");
    const again = restarted(household, household.owner);
    household.server.change("checkIn", () => old);
    await expectNotCounted(again.checkIn());
    household.server.honest();
    expect((await again.checkIn()).counted).toBe(true);
  });
});

describe("a check-in by mail link", () => {
  const asClock = { caller: "clock", requestId: "test" } as const;
  async function aToken(): Promise<string> {
    const account = (await household.owner.store.load())?.account ?? "";
    return (await household.stack.keyholder.handlers.mintToken({ account }, asClock)).token;
  }

  it("counts once, on a device that knows nothing", async () => {
    const token = await aToken();
    const elsewhere = someoneAt(household.server).afterkeep;
    expect((await elsewhere.checkInByToken(token)).counted).toBe(true);
    await expect(elsewhere.checkInByToken(token)).rejects.toThrow("This check-in did NOT count");
  });

  it("did not count when the answer is for another link, account or nonce", async () => {
    const elsewhere = someoneAt(household.server).afterkeep;
    await elsewhere.checkInByToken(await aToken());
    const old = household.server.last("checkInByToken");
    household.server.change("checkInByToken", () => old);
    await expect(elsewhere.checkInByToken(await aToken())).rejects.toThrow("This check-in did NOT count");
    household.server.change("checkInByToken", (answer) => ({ ...answer, receipt: old.receipt }));
    await expect(elsewhere.checkInByToken(await aToken())).rejects.toThrow("This check-in did NOT count");
  });
});

describe("a change whose receipt was lost once", () => {
  it("is sent again as it was, and is done once", async () => {
    const { owner, recipient } = household;
    const { ageKey } = await owner.afterkeep.safetyWordsOf(recipient.r);
    const chain = household.server.last("listStatements").statements.length;
    let answers = 0;
    household.server.change("submitStatement", (answer) => {
      if (answers++ === 0) throw new TypeError("connection lost");
      return answer;
    });
    await owner.afterkeep.pinRecipient(recipient.r, { verified: "words", ageKey });
    expect(answers).toBe(2);
    household.server.honest();
    await owner.afterkeep.checkIn();
    expect(household.server.last("listStatements").statements.length).toBe(chain + 1);
  });
});

describe("a change whose receipt does not verify", () => {
  it("is reported as not done", async () => {
    const { owner, recipient } = household;
    const { ageKey, words } = await owner.afterkeep.safetyWordsOf(recipient.r);
    household.server.change("submitStatement", ({ receipt }) => ({
      receipt: forged(receipt, (payload) => ({ ...payload, counter: Number(payload["counter"]) + 1 }), "own key"),
    }));
    const attempt = owner.afterkeep.pinRecipient(recipient.r, { verified: "words", ageKey, words: words.join(" ") });
    await expect(attempt).rejects.toThrow("take it as not done");
  });
});

it("the forger of these tests can write a receipt that differs in nothing", () => {
  const { receipt } = household.server.last("checkIn");
  expect(forged(receipt, (payload) => payload, "same signature")).toBe(receipt);
  expect(decodeUtf8(decodeBase64url(receipt.split(".")[0] ?? ""))).toContain("ak1-receipt+jws");
});
