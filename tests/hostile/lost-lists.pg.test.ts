import { removeRetired, tidyUp } from "@afterkeep/api";
import { DependencyError } from "@afterkeep/platform";
import { UnavailableError } from "@afterkeep/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayMs } from "../stack/a-stack.ts";
import { codeOf, type Household, itemOf, openHousehold, passphrase, restarted, someoneAt } from "./a-household.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterAll(() => household.close());

/** The keyholder takes the list, and then nothing of ours is done any more. */
async function sealAndLose(name: string): Promise<void> {
  const { owner, stack } = household;
  const { services } = stack.api;
  const { keyholder } = services;
  services.keyholder = {
    ...keyholder,
    submit: async (statement) => {
      await keyholder.submit(statement);
      throw new DependencyError("database-unavailable", "The server's database does not answer.");
    },
  };
  await expect(owner.afterkeep.seal([itemOf(name, new Uint8Array(4))])).rejects.toThrow(UnavailableError);
  services.keyholder = keyholder;
}

const namesOf = async (afterkeep = household.owner.afterkeep) =>
  (await afterkeep.listDocuments()).map(({ name }) => name);
const signIn = (afterkeep: Household["owner"]["afterkeep"]) =>
  afterkeep.signIn({
    email: "ada@example.test",
    passphrase,
    totpCode: () => Promise.resolve(codeOf(household.stack, household.totpSecret)),
  });

describe("a list that the keyholder accepted just before the server failed", () => {
  it("is stored when its upload is discarded after that, and the document is in the vault", async () => {
    const { owner } = household;
    await sealAndLose("discarded");
    const pending = await owner.afterkeep.pendingUploads();
    expect(pending.map(({ name }) => name)).toEqual(["discarded"]);
    for (const { ver } of pending) await owner.afterkeep.discardUpload(ver);
    expect([await owner.afterkeep.pendingUploads(), (await owner.store.load())?.unreceipted]).toEqual([[], null]);
    await owner.afterkeep.seal([itemOf("next", new Uint8Array(4))]);
    expect(await namesOf(restarted(household, owner))).toEqual(expect.arrayContaining(["discarded", "next"]));
  });

  it("is stored for another device, weeks later, when the one that signed it never comes back", async () => {
    const { server, stack } = household;
    await sealAndLose("left behind");
    stack.clock.advance(29 * dayMs);
    await tidyUp(stack.api.services);
    await removeRetired(stack.api.services);
    const { afterkeep } = someoneAt(server);
    await signIn(afterkeep);
    await afterkeep.checkIn();
    expect(await namesOf(afterkeep)).toContain("left behind");
    await afterkeep.seal([itemOf("by another", new Uint8Array(4))]);
    const { damaged, documents } = await afterkeep.listVault();
    expect([damaged.length, documents.map(({ name }) => name)]).toEqual([
      0,
      expect.arrayContaining(["discarded", "next", "left behind", "by another"]),
    ]);
  });

  it("is kept by the device that signed it while the server says that its documents are missing", async () => {
    const { owner, server } = household;
    await signIn(owner.afterkeep);
    // What it left behind itself is receipted now.
    await owner.afterkeep.seal([itemOf("back", new Uint8Array(4))]);
    await sealAndLose("kept");
    const kept = (await owner.store.load())?.unreceipted;
    server.refuse("commitManifest", 409, "documents-not-ready");
    const upload = (await owner.afterkeep.pendingUploads()).find(({ name }) => name === "kept");
    await owner.afterkeep.discardUpload(upload?.ver ?? "");
    expect((await owner.store.load())?.unreceipted).toEqual(kept);
    server.honest();
    await owner.afterkeep.seal([itemOf("after it", new Uint8Array(4))]);
    expect(await namesOf()).toEqual(expect.arrayContaining(["kept", "after it"]));
  });
});
