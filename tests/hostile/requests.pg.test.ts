import { dayMs } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { codeOf, type Household, openHousehold, passphrase, planBequest, restarted, someoneAt } from "./a-household.ts";
import { codeOfRefusal } from "./code-of-refusal.ts";

let household: Household;
let b: string;

beforeAll(async () => {
  household = await openHousehold();
  b = (await planBequest(household)).b;
  const { owner } = household;
  const { draft } = await owner.afterkeep.getBequest(b);
  await owner.afterkeep.updateBequest(b, {
    ...draft,
    recipients: draft.recipients.map((one) => ({ ...one, requestWait: 5 * dayMs })),
  });
  await owner.afterkeep.arm(b, { preview: await owner.afterkeep.previewArming(b) });
  await household.stack.silence(8 * dayMs);
  await owner.afterkeep.checkIn();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function ask(): Promise<string> {
  await household.stack.silence(1.1 * dayMs);
  return (await household.recipient.afterkeep.askFor(b)).request;
}

describe("a bequest that may be asked for", () => {
  it("says to the owner what it means before it is armed, and the earliest moment counts it", async () => {
    const preview = await household.owner.afterkeep.previewArming(b);
    expect(preview.recipients[0]?.requestWait).toBe(5 * dayMs);
    expect(preview.warnings.join()).toContain("may ask");
    const { earliestMs, at } = await household.owner.afterkeep.checkIn();
    expect((earliestMs ?? 0) - at).toBe(5 * dayMs);
  });

  it("is shown as such to the recipient, from the owner's signed policy", async () => {
    expect(await household.recipient.afterkeep.recipientView()).toMatchObject({
      mayAsk: [{ b, waitMs: 5 * dayMs }],
      requests: [],
    });
  });

  it("is asked for, which the owner sees, and refuses by checking in", async () => {
    const { owner, recipient } = household;
    const request = await ask();
    expect((await recipient.afterkeep.recipientView()).requests).toMatchObject([{ b, isOpen: true }]);
    const [row] = (await owner.afterkeep.status()).switches;
    expect(row).toMatchObject({ state: "requested", requests: [{ request, r: recipient.r, isOpen: true }] });
    const saysNo = "Arming says no to everybody who asks";
    expect((await owner.afterkeep.previewArming(b)).warnings.join()).toContain(saysNo);
    household.server.refuse("getStatus", 503, "not-now");
    expect((await owner.afterkeep.previewArming(b)).warnings.join()).not.toContain(saysNo);
    household.server.honest();
    expect(await owner.afterkeep.checkIn()).toMatchObject({ pending: [], rows: [{ state: "armed" }] });
    expect((await recipient.afterkeep.recipientView()).requests).toMatchObject([{ b, isOpen: false }]);
    await expect(recipient.afterkeep.askFor(b)).rejects.toThrow("said no a short while ago");
    expect((await owner.afterkeep.previewArming(b)).warnings.join()).not.toContain(saysNo);
  });

  it("is refused by a statement of its own, which stays in the chain that recipients are not shown", async () => {
    await ask();
    expect((await household.owner.afterkeep.refuse(b)).rows[0]?.state).toBe("armed");
  });

  it("goes on where the owner lets it, and opens for the recipient when nothing more is said", async () => {
    const { owner, recipient, stack } = household;
    const request = await ask();
    const result = await owner.afterkeep.checkIn({ leave: await owner.afterkeep.pendingRequests() });
    expect(result).toMatchObject({ pending: [{ request }], rows: [{ state: "requested" }] });
    await stack.silence(7 * dayMs);
    const opened = await recipient.afterkeep.openRelease(b);
    expect(opened.documents).toHaveLength(1);
    await owner.afterkeep.arm(b);
  });
});

describe("a hostile server between them", () => {
  it("cannot keep a refused request going: without its end the check-in did not count", async () => {
    const { owner, server } = household;
    await ask();
    // The answer to a check-in is held back and that of an earlier one given: nothing of it may be believed.
    const older = (await owner.afterkeep.status()).lastReceipt;
    expect(older).not.toBeNull();
    server.change("checkIn", () => ({ receipt: "x.y.z" }));
    await expect(owner.afterkeep.checkIn()).rejects.toThrow("did NOT count");
    server.honest();
    expect((await owner.afterkeep.checkIn()).pending).toEqual([]);
  });

  it("cannot pass a challenge for opening off as one for asking, nor another's answer as its own", async () => {
    const { recipient, server } = household;
    await household.stack.silence(1.1 * dayMs);
    server.change("proveToAsk", (answer) => ({ ...answer, request: "A".repeat(22) }));
    expect(await codeOfRefusal(recipient.afterkeep.askFor(b))).toBe("release-mismatch");
    server.honest();
    server.change("ask", ({ asked }) => ({ asked: `${asked.slice(0, -4)}AAAA` }));
    expect(await codeOfRefusal(recipient.afterkeep.askFor(b))).toBe("release-mismatch");
    server.honest();
    await household.owner.afterkeep.checkIn();
  });

  it("cannot have an owner let another's request go on under this one's name", async () => {
    const { owner } = household;
    await ask();
    household.server.honest();
    const [asked] = await owner.afterkeep.pendingRequests();
    if (asked === undefined) throw new Error("nobody asks");
    for (const shown of [
      { ...asked, r: asked.b },
      { ...asked, b: "A".repeat(22) },
    ])
      expect(await codeOfRefusal(owner.afterkeep.checkIn({ leave: [shown] }))).toBe("conflict");
    expect(household.server.called).not.toContain("checkIn");
    await owner.afterkeep.checkIn();
  });

  it("cannot make a client ask for what the owner's policy does not let it", async () => {
    const { recipient, server } = household;
    expect(await codeOfRefusal(recipient.afterkeep.askFor("A".repeat(22)))).toBe("not-possible");
    expect(server.called).not.toContain("proveToAsk");
  });

  it("can be asked over an older chain, as after a restore, but cannot play an answer of an earlier day back over it", async () => {
    const { owner, server, stack } = household;
    const hideOne = () =>
      server.change("getRecipientView", (answer) => ({ ...answer, chain: answer.chain.slice(0, -1) }));
    const signAndVisit = async (message: string) => {
      await owner.afterkeep.updateBequest(b, { ...(await owner.afterkeep.getBequest(b)).draft, message });
      expect(await aVisit().resumeRecipient()).toMatchObject({ isChainOlder: false });
      hideOne();
    };
    const aVisit = () => restarted(household, household.recipient);
    await signAndVisit("One more.");
    await stack.silence(8 * dayMs);
    expect(await aVisit().askFor(b)).toMatchObject({ waitMs: 5 * dayMs });
    const [proof, asked] = [server.last("proveToAsk"), server.last("ask")];
    server.honest();
    await signAndVisit("And one more.");
    server.playBack("proveToAsk", proof);
    server.playBack("ask", asked);
    await expect(aVisit().askFor(b)).rejects.toMatchObject({
      code: "chain-invalid",
      message: expect.stringContaining("It was sent."),
      next: expect.stringContaining("ask from another device"),
    });
  });
});

describe("devices", () => {
  it("are listed, and one that is lost checks in no more", async () => {
    const { owner, server, stack, totpSecret } = household;
    const lost = someoneAt(server);
    await lost.afterkeep.signIn({ email: "ada@example.test", passphrase, totpCode: () => codeOf(stack, totpSecret) });
    await lost.afterkeep.checkIn();
    const [key] = (await lost.afterkeep.listDevices()).filter(({ isThisOne }) => isThisOne).map((one) => one.key);
    expect((await owner.afterkeep.listDevices()).map((one) => one.key)).toContain(key);
    await owner.afterkeep.revokeDevice(key ?? "");
    expect((await owner.afterkeep.listDevices()).map((one) => one.key)).not.toContain(key);
    expect(await codeOfRefusal(lost.afterkeep.checkIn())).toBe("locked");
    const own = (await owner.afterkeep.listDevices()).find(({ isThisOne }) => isThisOne)?.key ?? "";
    expect(await codeOfRefusal(owner.afterkeep.revokeDevice(own))).toBe("not-possible");
    expect(await codeOfRefusal(owner.afterkeep.revokeDevice(key ?? ""))).toBe("not-found");
  });
});
