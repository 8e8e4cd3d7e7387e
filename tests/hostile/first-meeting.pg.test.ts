import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { fingerprint } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Household, openHousehold, restarted, someoneAt, tokenFor } from "./a-household.ts";
import { codeOfRefusal } from "./code-of-refusal.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function aToken(): Promise<string> {
  const account = (await household.owner.store.load())?.account ?? "";
  const asClock = { caller: "clock", requestId: "test" } as const;
  return (await household.stack.keyholder.handlers.mintToken({ account }, asClock)).token;
}

async function realFingerprint(): Promise<string> {
  return fingerprint((await household.owner.afterkeep.getAccount()).keyholder.thumb);
}

describe("a check-in by mail link", () => {
  it("does not claim to be checked where the keyholder was met just now, and does where it was known", async () => {
    const elsewhere = someoneAt(household.server);
    expect((await elsewhere.afterkeep.checkInByToken(await aToken())).pinned).toBe(false);
    expect((await restarted(household, elsewhere).checkInByToken(await aToken())).pinned).toBe(true);
    expect((await household.owner.afterkeep.checkInByToken(await aToken())).pinned).toBe(true);
    expect((await household.owner.afterkeep.checkIn()).pinned).toBe(true);
  });

  it("is checked where the person brought the fingerprint, in any spacing", async () => {
    const { afterkeep } = someoneAt(household.server);
    await afterkeep.pinKeyholder(` ${await realFingerprint()}\n`);
    expect((await afterkeep.checkInByToken(await aToken())).pinned).toBe(true);
  });
});

describe("a keyholder pinned by its fingerprint", () => {
  it("is refused when it is another, and nothing is remembered", async () => {
    const { afterkeep, store } = someoneAt(household.server);
    const other = fingerprint(encodeBase64url(randomBytes(32)));
    expect(await codeOfRefusal(afterkeep.pinKeyholder(other))).toBe("keyholder-changed");
    expect(await codeOfRefusal(afterkeep.pinKeyholder(""))).toBe("keyholder-changed");
    expect((await store.load())?.keyholder ?? null).toBe(null);
  });

  it("never replaces the one this device knows", async () => {
    const known = await household.owner.store.load();
    const other = fingerprint(encodeBase64url(randomBytes(32)));
    expect(await codeOfRefusal(household.owner.afterkeep.pinKeyholder(other))).toBe("keyholder-changed");
    expect((await household.owner.store.load())?.keyholder).toEqual(known?.keyholder);
  });
});

describe("a recipient's key brought to another device", () => {
  it("names the owner it was made for, and another one is not remembered", async () => {
    const { r } = await household.owner.afterkeep.inviteRecipient({ email: "gil@example.test", name: "Gil" });
    const token = await tokenFor(household.stack, "gil@example.test", "invitation");
    const first = someoneAt(household.server).afterkeep;
    await first.openInvitation(token);
    const { keyFile } = await first.acceptInvitation();
    const { afterkeep, store } = someoneAt(household.server);
    await afterkeep.openInvitation(token);
    const foreign = encodeBase64url(generateSigningKey().publicKey);
    const forged = keyFile.replace(/# owner key: \S+/, `# owner key: ${foreign}`);
    expect(await codeOfRefusal(afterkeep.unlockRecipient({ keyFile: forged }))).toBe("owner-key-changed");
    expect((await store.load())?.owners).toEqual({});
    await afterkeep.unlockRecipient({ keyFile });
    expect(Object.values((await store.load())?.owners ?? {}).map((owner) => owner.r)).toEqual([r]);
  });
});
