import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, thumb } from "@afterkeep/crypto";
import { generateIdentity, recipientOf, signStatement } from "@afterkeep/formats";
import { openStatement } from "@afterkeep/statements";
import { RefusedError } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, openHousehold, planBequest, restarted } from "./a-household.ts";

let household: Household;
let foreignKey: string;
const attacker = generateSigningKey();

beforeAll(async () => {
  household = await openHousehold();
  foreignKey = await recipientOf(await generateIdentity());
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function expectRefused(attempt: Promise<unknown>, code: string): Promise<void> {
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RefusedError);
  expect((error as RefusedError).code).toBe(code);
}

function called(name: string): boolean {
  return household.server.called.some((one) => one === name);
}

/** What the keyholder said, signed by the api instead. */
function resigned(kind: string, jws: string, change: object = {}): string {
  const payload: unknown = JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString());
  return signStatement(kind, { ...(payload as object), ...change }, attacker);
}

describe("an api that hands out its own key as the keyholder's", () => {
  const own = { publicKey: encodeBase64url(attacker.publicKey), thumb: thumb(attacker.publicKey) };

  it.each([
    ["key", own],
    ["thumb", { thumb: own.thumb }],
    ["committed next key", { nextKey: encodeBase64url(randomBytes(32)) }],
    ["mode", { mode: "real" as const }],
  ])("is refused for another %s, before anything is signed", async (_what, change) => {
    const device = restarted(household, household.owner);
    household.server.change("getServer", (answer) => ({ ...answer, keyholder: { ...answer.keyholder, ...change } }));
    await expectRefused(device.checkIn(), "keyholder-changed");
    await expectRefused(device.readServer(), "keyholder-changed");
    expect(called("checkIn")).toBe(false);
  });

  it("cannot have anything signed over a challenge of its own", async () => {
    household.server.change("challenge", ({ challenge }) => ({ challenge: resigned("challenge", challenge) }));
    await expectRefused(household.owner.afterkeep.checkIn(), "keyholder-changed");
    await expectRefused(household.owner.afterkeep.disarmAll(), "keyholder-changed");
    expect([called("checkIn"), called("submitStatement")]).toEqual([false, false]);
  });

  it("nor over a genuine challenge for something else", async () => {
    await household.owner.afterkeep.checkIn();
    const { challenge } = household.server.last("challenge");
    household.server.change("challenge", () => ({ challenge }));
    await expectRefused(household.owner.afterkeep.disarmAll(), "keyholder-changed");
  });

  it("never gets a share: the deposit key must be the keyholder's", async () => {
    const { b } = await planBequest(household);
    household.server.change("depositKey", ({ depositKey }) => ({
      depositKey: resigned("deposit-key", depositKey, { recipient: foreignKey }),
    }));
    await expectRefused(household.owner.afterkeep.arm(b), "keyholder-changed");
    expect(called("deposit")).toBe(false);
  });

  it("nor may a genuine deposit key for another place stand in", async () => {
    await armBequest(household);
    const { depositKey } = household.server.last("depositKey");
    const { b } = await planBequest(household);
    household.server.honest();
    household.server.change("depositKey", () => ({ depositKey }));
    await expectRefused(household.owner.afterkeep.arm(b), "keyholder-changed");
    expect(called("deposit")).toBe(false);
  });

  it("and nothing is armed on its word that a share arrived", async () => {
    const { b } = await planBequest(household);
    household.server.honest();
    household.server.change("deposit", ({ imported }) => ({ imported: resigned("imported", imported) }));
    await expectRefused(household.owner.afterkeep.arm(b), "keyholder-changed");
    expect(called("submitStatement")).toBe(false);
  });

  it("nor where the keyholder confirmed other parts", async () => {
    await armBequest(household);
    const { imported } = household.server.last("deposit");
    const { b } = await planBequest(household);
    household.server.honest();
    household.server.change("deposit", () => ({ imported }));
    await expectRefused(household.owner.afterkeep.arm(b), "keyholder-changed");
    expect(called("submitStatement")).toBe(false);
  });

  it("nor where it deposits another address for last calls", async () => {
    const { b } = await planBequest(household);
    household.server.honest();
    household.server.change("depositContact", () => ({ contact: encodeBase64url(randomBytes(32)) }));
    await expectRefused(household.owner.afterkeep.arm(b), "keyholder-changed");
    expect(called("submitStatement")).toBe(false);
  });
});

describe("an api that swaps a recipient's key", () => {
  const swap = () =>
    household.server.change("listRecipients", ({ recipients }) => ({
      recipients: recipients.map((row) => ({ ...row, ageKey: foreignKey })),
    }));

  it("after the words were compared is refused at arming, and shown", async () => {
    const { b } = await planBequest(household);
    household.server.honest();
    swap();
    await expectRefused(household.owner.afterkeep.arm(b), "recipient-key-changed");
    expect(called("deposit")).toBe(false);
    await expectRefused(household.owner.afterkeep.safetyWordsOf(household.recipient.r), "recipient-key-changed");
    expect((await household.owner.afterkeep.listRecipients()).map(({ keyChanged }) => keyChanged)).toEqual([true]);
  });

  it("between showing words and pinning is refused", async () => {
    const { ageKey } = await household.owner.afterkeep.safetyWordsOf(household.recipient.r);
    swap();
    const attempt = household.owner.afterkeep.pinRecipient(household.recipient.r, { verified: "words", ageKey });
    await expectRefused(attempt, "recipient-key-changed");
  });

  it("before is found by the words", async () => {
    const { r } = await household.owner.afterkeep.inviteRecipient({ email: "cy@example.test", name: "Cy" });
    household.server.change("listRecipients", ({ recipients }) => ({
      recipients: recipients.map((row) =>
        row.r === r ? { ...row, state: "accepted" as const, ageKey: foreignKey } : row,
      ),
    }));
    const { words } = await household.recipient.afterkeep.recipientWords();
    const attempt = household.owner.afterkeep.pinRecipient(r, {
      verified: "words",
      ageKey: foreignKey,
      words: words.join(" "),
    });
    await expectRefused(attempt, "words-differ");
  });

  it("does not change the words that arming shows: they come from the signed pin", async () => {
    const { b } = await planBequest(household);
    const { words } = await household.recipient.afterkeep.recipientWords();
    const preview = await household.owner.afterkeep.previewArming(b);
    expect(preview.recipients.map((person) => person.words)).toEqual([words]);
  });

  it("cannot arm anybody whose words were never compared, unless the owner says so", async () => {
    const { r } = await household.owner.afterkeep.inviteRecipient({ email: "di@example.test", name: "Di" });
    household.server.change("listRecipients", ({ recipients }) => ({
      recipients: recipients.map((row) =>
        row.r === r ? { ...row, state: "accepted" as const, ageKey: foreignKey } : row,
      ),
    }));
    await household.owner.afterkeep.pinRecipient(r, { verified: "none", ageKey: foreignKey });
    const { b } = await planBequest({ ...household, recipient: { ...household.recipient, r } });
    await expectRefused(household.owner.afterkeep.arm(b), "recipient-not-verified");
  });
});

describe("an api that takes statements back", () => {
  it("is refused by a device that has seen them", async () => {
    household.server.change("listStatements", ({ statements, ...rest }) => ({
      statements: statements.slice(0, -1),
      ...rest,
    }));
    await expectRefused(household.owner.afterkeep.checkIn(), "chain-invalid");
    await expectRefused(household.owner.afterkeep.listDocuments(), "chain-invalid");
  });

  it("or changes their order, or shows another account's", async () => {
    household.server.change("listStatements", ({ statements, ...rest }) => ({
      statements: [...statements].reverse(),
      ...rest,
    }));
    await expectRefused(restarted(household, household.owner).checkIn(), "chain-invalid");
    const forged = signStatement("key", JSON.parse(Buffer.from("e30", "base64url").toString()), attacker);
    household.server.change("listStatements", () => ({ statements: [forged], more: false, revocations: [] }));
    await expectRefused(household.owner.afterkeep.checkIn(), "chain-invalid");
  });

  it("or shows others from where a device has read on", async () => {
    await household.owner.afterkeep.listDocuments();
    household.server.change("listStatements", ({ statements, ...rest }) => ({
      statements: statements.map((jws) => `${jws.slice(0, -8)}AAAAAAAA`),
      ...rest,
    }));
    await expectRefused(household.owner.afterkeep.checkIn(), "chain-invalid");
    household.server.change("listStatements", ({ statements, ...rest }) => ({
      statements: [...statements, ...statements],
      ...rest,
    }));
    await expectRefused(household.owner.afterkeep.checkIn(), "chain-invalid");
  });

  it("or shows the account under another owner key", async () => {
    household.server.change("listStatements", ({ statements }) => {
      const genesis = statements[0] ?? "";
      const { payload } = {
        payload: JSON.parse(Buffer.from(genesis.split(".")[1] ?? "", "base64url").toString()) as object,
      };
      const statement = signStatement("key", { ...payload, ownerKey: encodeBase64url(attacker.publicKey) }, attacker);
      return { statements: [statement], more: false, revocations: [] };
    });
    await expectRefused(household.owner.afterkeep.checkIn(), "owner-key-changed");
    await expectRefused(restarted(household, household.owner).listDocuments(), "owner-key-changed");
  });

  it("or brings another keyring", async () => {
    household.server.change("getAccount", (answer) => ({
      ...answer,
      keyring: { version: 1, wrapped: encodeBase64url(randomBytes(900)) },
    }));
    await expectRefused(restarted(household, household.owner).listDocuments(), "locked");
  });
});

describe("an owner whose own address is not verified", () => {
  it("cannot arm, because reminders would go nowhere", async () => {
    household.server.change("getAccount", (answer) => ({ ...answer, emailVerified: false }));
    const { b } = await planBequest(household);
    await expectRefused(household.owner.afterkeep.arm(b), "email-not-verified");
  });
});

it("the keyholder's own statements verify in these tests when nobody changes them", async () => {
  const b = await armBequest(household);
  const { owner } = household;
  expect((await owner.afterkeep.getBequest(b)).state).toBe("armed");
  const pinned = (await owner.store.load())?.keyholder?.publicKey ?? "";
  const key = new Uint8Array(Buffer.from(pinned, "base64url"));
  expect(openStatement("imported", household.server.last("deposit").imported, key).body.b).toBe(b);
});
