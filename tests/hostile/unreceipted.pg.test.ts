import { UnavailableError } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Household, itemOf, openHousehold, restarted } from "./a-household.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

const lost = (): never => {
  throw new TypeError("connection lost");
};

async function unreceipted() {
  return (await household.owner.store.load())?.unreceipted ?? null;
}

async function pin(afterkeep = household.owner.afterkeep): Promise<void> {
  const { r } = household.recipient;
  const { ageKey } = await afterkeep.safetyWordsOf(r);
  await afterkeep.pinRecipient(r, { verified: "words", ageKey });
}

describe("a change that was accepted while every answer was lost", () => {
  it("is kept by the device, and sent again as it was before anything else is signed", async () => {
    const { owner, server } = household;
    // Why a new process: one that verified the chain before reads only on from there.
    await restarted(household, owner).getAccount();
    const before = server.last("listStatements").statements.length;
    server.change("submitStatement", lost);
    await expect(pin()).rejects.toThrow(UnavailableError);
    const kept = await unreceipted();
    expect(kept?.call.name).toBe("submitStatement");
    server.honest();
    await pin(restarted(household, owner));
    expect(server.called.filter((name) => name === "submitStatement" || name === "challenge")).toEqual([
      "submitStatement",
      "challenge",
      "submitStatement",
    ]);
    expect(await unreceipted()).toBe(null);
    await restarted(household, owner).getAccount();
    const { statements } = server.last("listStatements");
    expect(statements.length).toBe(before + 2);
    expect(statements[before]).toBe(kept?.call.name === "submitStatement" ? kept.call.body.statement : "another");
  });

  it("also a list of documents, with the list itself", async () => {
    const { owner, server } = household;
    server.change("commitManifest", lost);
    await expect(owner.afterkeep.seal([itemOf("first", new Uint8Array(4))])).rejects.toThrow(UnavailableError);
    server.honest();
    await owner.afterkeep.checkIn();
    await restarted(household, owner).seal([itemOf("second", new Uint8Array(4))]);
    const names = (await owner.afterkeep.listDocuments()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["first", "second"]));
    expect(await unreceipted()).toBe(null);
  });

  it("stays kept while nobody answers, or the answer proves nothing", async () => {
    const { owner, server } = household;
    server.change("submitStatement", lost);
    await expect(pin()).rejects.toThrow(UnavailableError);
    const kept = await unreceipted();
    await expect(pin()).rejects.toThrow(UnavailableError);
    server.change("submitStatement", ({ receipt }) => ({ receipt: `${receipt.slice(0, -8)}AAAAAAAA` }));
    await expect(pin()).rejects.toThrow("not receipted");
    expect(await unreceipted()).toEqual(kept);
    server.honest();
    await restarted(household, owner).checkIn();
    await pin();
    expect(await unreceipted()).toBe(null);
  });

  it("is forgotten once the server says that it never counted", async () => {
    const { owner, server } = household;
    server.change("submitStatement", lost);
    await expect(pin()).rejects.toThrow(UnavailableError);
    const profile = await owner.store.load();
    if (profile?.unreceipted?.call.name !== "submitStatement") throw new Error("nothing was kept");
    const call = { ...profile.unreceipted.call, body: { kind: "policy" as const, statement: "a.b.c" } };
    server.honest();
    await restarted(household, owner).checkIn();
    await owner.store.save({ ...profile, unreceipted: { ...profile.unreceipted, call } });
    server.honest();
    await pin(restarted(household, owner));
    expect(await unreceipted()).toBe(null);
  });
});
