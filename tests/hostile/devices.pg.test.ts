import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  codeOf,
  type Household,
  itemOf,
  openHousehold,
  restarted,
  someoneAt,
  tokenFor,
  passphrase,
} from "./a-household.ts";
import { codeOfRefusal } from "./code-of-refusal.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function aSecondDevice() {
  const second = someoneAt(household.server);
  const totpCode = () => codeOf(household.stack, household.totpSecret);
  await second.afterkeep.signIn({ email: "ada@example.test", passphrase, totpCode });
  return second;
}

describe("an owner's second device", () => {
  it("signs in with passphrase and code, opens everything and is certified to check in", async () => {
    const second = await aSecondDevice();
    expect((await second.afterkeep.listDocuments()).length).toBe(2);
    expect((await second.afterkeep.checkIn()).counted).toBe(true);
    expect((await household.owner.afterkeep.checkIn()).counted).toBe(true);
  });

  it("is told nothing but that they do not fit, for a wrong passphrase and an unknown address alike", async () => {
    const { afterkeep } = someoneAt(household.server);
    const wrong = afterkeep.beginSignIn({ email: "ada@example.test", passphrase: "lantern gravel otter noon" });
    const unknown = afterkeep.beginSignIn({ email: "nobody@example.test", passphrase });
    const [one, two] = await Promise.all([wrong.catch(String), unknown.catch(String)]);
    expect(one).toBe(two);
    expect(one).toContain("do not fit together");
  });

  it("may change things at the same moment: both changes are there afterwards", async () => {
    const second = await aSecondDevice();
    const both = [household.owner, second].map(({ afterkeep }, i) =>
      afterkeep.seal([itemOf(`at-once-${i}`, new Uint8Array(9))]),
    );
    await Promise.all(both);
    const names = (await household.owner.afterkeep.listDocuments()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["at-once-0", "at-once-1"]));
  });

  it("may sign a newer list between two reads of the first, which then reads again instead of crying wolf", async () => {
    const second = await aSecondDevice();
    await household.owner.afterkeep.listDocuments();
    await second.afterkeep.seal([itemOf("in-between", new Uint8Array(3))]);
    let reads = 0;
    household.server.change("listStatements", ({ statements, ...rest }) => {
      return { statements: reads++ === 0 ? statements.slice(0, -1) : statements, ...rest };
    });
    const names = (await household.owner.afterkeep.listDocuments()).map(({ name }) => name);
    expect(names).toContain("in-between");
    expect(reads).toBeGreaterThan(1);
  });

  it("locks when it signs out, and checks in no more until it is back", async () => {
    const second = await aSecondDevice();
    await second.afterkeep.signOut();
    expect(await second.afterkeep.session()).toBe(null);
    expect(await codeOfRefusal(second.afterkeep.listDocuments())).toBe("locked");
    await expect(second.afterkeep.checkIn()).rejects.toThrow();
  });

  it("may be locked and still check in: the device's key and the session are enough", async () => {
    const { store } = household.owner;
    const secrets = await store.loadSecrets();
    if (!secrets?.session) throw new Error("not signed in");
    await store.saveSecrets({ ...secrets, session: { ...secrets.session, rootKey: "" } });
    const locked = restarted(household, household.owner);
    expect((await locked.checkIn()).counted).toBe(true);
    expect(await codeOfRefusal(locked.listDocuments())).toBe("locked");
    await store.saveSecrets(secrets);
  });
});

describe("a recipient's key", () => {
  const invited = async (name: string) => {
    const email = `${name}@example.test`;
    const { r } = await household.owner.afterkeep.inviteRecipient({ email, name });
    const token = await tokenFor(household.stack, email, "invitation");
    const someone = someoneAt(household.server);
    await someone.afterkeep.openInvitation(token);
    return { ...someone, r, token };
  };
  const secret = "violet harbour sandwich telescope";

  it("comes to another device with the passphrase or the file, and with nothing else", async () => {
    const eve = await invited("eve");
    const { keyFile, words } = await eve.afterkeep.acceptInvitation({ passphrase: secret });
    for (const how of [{ passphrase: secret }, { keyFile }]) {
      const { afterkeep } = someoneAt(household.server);
      await afterkeep.openInvitation(eve.token);
      expect(await codeOfRefusal(afterkeep.recipientWords())).toBe("locked");
      expect(await codeOfRefusal(afterkeep.unlockRecipient({ passphrase: "violet harbour sandwich microscope" }))).toBe(
        "wrong-key",
      );
      const other = keyFile.replace(/AGE-SECRET-KEY-PQ-1\w+/, await generateIdentity());
      expect(await codeOfRefusal(afterkeep.unlockRecipient({ keyFile: other }))).toBe("wrong-key");
      await afterkeep.unlockRecipient(how);
      expect((await afterkeep.recipientWords()).words).toEqual(words);
    }
  });

  it("made once is not made again", async () => {
    const fay = await invited("fay");
    await fay.afterkeep.acceptInvitation();
    expect(await codeOfRefusal(fay.afterkeep.acceptInvitation())).toBe("conflict");
  });

  it("is not accepted for an owner other than the one in the key file", async () => {
    const gil = await invited("gil");
    const { keyFile } = await gil.afterkeep.acceptInvitation();
    const { afterkeep } = someoneAt(household.server);
    await afterkeep.openInvitation(gil.token);
    const other = keyFile.replace(/# owner key: \S+/, `# owner key: ${"B".repeat(42)}A`);
    expect(await codeOfRefusal(afterkeep.unlockRecipient({ keyFile: other }))).toBe("owner-key-changed");
  });

  it("is shown as not the signed one when the owner signed another", async () => {
    const hal = await invited("hal");
    await hal.afterkeep.acceptInvitation();
    const foreign = await recipientOf(await generateIdentity());
    household.server.change("listRecipients", ({ recipients }) => ({
      recipients: recipients.map((row) => (row.r === hal.r ? { ...row, ageKey: foreign } : row)),
    }));
    await household.owner.afterkeep.pinRecipient(hal.r, { verified: "none", ageKey: foreign });
    household.server.honest();
    expect(await hal.afterkeep.recipientView()).toMatchObject({ pinned: "none", pinMatches: false });
    expect(await household.recipient.afterkeep.recipientView()).toMatchObject({ pinned: "words", pinMatches: true });
  });
});
