import { parseId } from "@afterkeep/bytes";
import { type BequestDraft, dayMs, NotReceiptedError, readAll } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, itemOf, openHousehold, planBequest, restarted } from "./a-household.ts";
import { codeOfRefusal } from "./code-of-refusal.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

function called(name: string): boolean {
  return household.server.called.some((one) => one === name);
}

describe("the address of the last call", () => {
  it("is what the owner typed, is shown before arming, and no other is armed with", async () => {
    const { owner, server } = household;
    const { b } = await planBequest(household);
    expect((await owner.afterkeep.previewArming(b)).email).toBe("ada@example.test");
    server.honest();
    server.change("getAccount", (answer) => ({ ...answer, email: "eve@example.test" }));
    expect(await codeOfRefusal(owner.afterkeep.previewArming(b))).toBe("email-differs");
    expect(await codeOfRefusal(owner.afterkeep.arm(b))).toBe("email-differs");
    expect([called("depositContact"), called("deposit"), called("submitStatement")]).toEqual([false, false, false]);
  });
});

describe("arming what was looked at", () => {
  const changes: [string, (draft: BequestDraft) => BequestDraft][] = [
    ["message", (draft) => ({ ...draft, message: "Another one." })],
    ["documents", (draft) => ({ ...draft, documents: household.documents.map(({ doc }) => parseId(doc)) })],
    ["delay", (draft) => ({ ...draft, recipients: draft.recipients.map(({ r }) => ({ r, delay: dayMs })) })],
    ["ways to check in", (draft) => ({ ...draft, weak: ["token", "delegated"] })],
    ["times", (draft) => ({ ...draft, times: { ...draft.times, grace: draft.times.grace + dayMs } })],
  ];

  it.each(changes)("is refused when the %s changed since", async (_what, change) => {
    const { owner, server } = household;
    const { b } = await planBequest(household);
    const preview = await owner.afterkeep.previewArming(b);
    await owner.afterkeep.updateBequest(b, change((await owner.afterkeep.getBequest(b)).draft));
    server.honest();
    expect(await codeOfRefusal(owner.afterkeep.arm(b, { preview }))).toBe("bequest-changed");
    expect([called("deposit"), called("submitStatement")]).toEqual([false, false]);
    await owner.afterkeep.arm(b, { preview: await owner.afterkeep.previewArming(b) });
  });

  it("is refused when a key was pinned anew since, or somebody's address is another", async () => {
    const { owner, recipient, server } = household;
    const { b } = await planBequest(household);
    const preview = await owner.afterkeep.previewArming(b);
    server.change("listRecipients", ({ recipients }) => ({
      recipients: recipients.map((row) => ({ ...row, email: "eve@example.test" })),
    }));
    expect(await codeOfRefusal(owner.afterkeep.arm(b, { preview }))).toBe("bequest-changed");
    server.honest();
    const { ageKey } = await owner.afterkeep.safetyWordsOf(recipient.r);
    await owner.afterkeep.pinRecipient(recipient.r, { verified: "words", ageKey });
    expect(await codeOfRefusal(owner.afterkeep.arm(b, { preview }))).toBe("bequest-changed");
  });

  it("never takes an older plan that the server put back, also after a restart", async () => {
    const { owner, server } = household;
    const { b } = await planBequest(household);
    const { draft } = await owner.afterkeep.getBequest(b);
    const old = server.last("listBequests");
    await owner.afterkeep.updateBequest(b, { ...draft, message: "The newest." });
    server.change("listBequests", () => old);
    expect(await codeOfRefusal(owner.afterkeep.arm(b))).toBe("label-older");
    expect(await codeOfRefusal(restarted(household, owner).listBequests())).toBe("label-older");
    server.honest();
    expect((await owner.afterkeep.getBequest(b)).draft.message).toBe("The newest.");
  });
});

describe("arming with the recovery kit", () => {
  const wordsOf = (page: string) => (/Words:([\s\S]*)Check:/.exec(page)?.[1] ?? "").match(/[a-z]+/g) ?? [];
  const hasty = { interval: dayMs, reminders: [dayMs / 2], grace: dayMs, lastCall: dayMs / 2 };

  async function planHasty(): Promise<string> {
    const { b } = await planBequest(household);
    await household.owner.afterkeep.updateBequest(b, {
      ...(await household.owner.afterkeep.getBequest(b)).draft,
      times: hasty,
    });
    return b;
  }

  it("lets a first arming wait for no more than its own times, and the receipt and the status say so", async () => {
    const { owner, kit } = household;
    const typed = [kit, wordsOf(kit).join(" "), `  ${wordsOf(kit).join("\n").toUpperCase()}\n`];
    for (const one of typed) {
      const b = await planHasty();
      expect((await owner.afterkeep.previewArming(b)).isFirst).toBe(true);
      const { rows, at } = await owner.afterkeep.arm(b, { kit: one });
      expect(rows.find((row) => row.b === b)?.earliestMs).toBe(at + 2.5 * dayMs);
      const { switches } = await owner.afterkeep.status();
      expect(switches.find((row) => row.b === b)).toMatchObject({ leftMs: 2.5 * dayMs, isProven: true });
      expect((await owner.afterkeep.previewArming(b)).isFirst).toBe(false);
    }
    const b = await planHasty();
    const { rows, at } = await owner.afterkeep.arm(b);
    expect(rows.find((row) => row.b === b)?.earliestMs).toBe(at + 7 * dayMs);
  });

  it("arms nothing with other words than this account's, sends nothing, and says none of them", async () => {
    const { owner, server, kit } = household;
    const b = await planHasty();
    const [first = "", second = "", ...more] = wordsOf(kit);
    // Why the second: 32 zero bytes are words with a right checksum, and nobody's kit here.
    const wrong = [
      [second, first, ...more].join(" "),
      `${"abandon ".repeat(23)}art`,
      more.join(" "),
      "",
      "Words: none",
    ];
    server.honest();
    for (const one of wrong) {
      const refusal: unknown = await owner.afterkeep.arm(b, { kit: one }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: "kit-wrong" });
      for (const word of more) expect(` ${String(refusal)} `).not.toContain(` ${word} ${more[0] ?? ""} `);
    }
    expect([called("deposit"), called("submitStatement")]).toEqual([false, false]);
    expect((await owner.afterkeep.getBequest(b)).state).toBe("draft");
  });

  it("is refused for what was armed before, and leaves it as it is", async () => {
    const { owner, server, kit } = household;
    const b = await armBequest(household);
    server.honest();
    expect(await codeOfRefusal(owner.afterkeep.arm(b, { kit }))).toBe("kit-not-needed");
    await owner.afterkeep.disarm(b);
    expect(await codeOfRefusal(owner.afterkeep.arm(b, { kit }))).toBe("kit-not-needed");
    expect([called("deposit")]).toEqual([false]);
  });

  it("says that it is armed, and with the kit, where only the answer was lost or the arming itself", async () => {
    const { owner, server, kit } = household;
    // The answer of a keyholder that accepted it; then one that never heard of it.
    const losses = [
      () => server.change("submitStatement", () => ({})),
      () => server.playBack("submitStatement", {} as never),
    ];
    for (const lose of losses) {
      const b = await planHasty();
      server.honest();
      lose();
      await expect(owner.afterkeep.arm(b, { kit })).rejects.toThrow(NotReceiptedError);
      server.honest();
      const refusal: unknown = await owner.afterkeep.arm(b, { kit }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: "kit-not-needed",
        message: "This is armed already, and your recovery kit signed it too.",
      });
      // The first arming, sent again as it was.
      expect([called("deposit"), server.called.filter((name) => name === "submitStatement").length]).toEqual([
        false,
        1,
      ]);
      const { switches } = await owner.afterkeep.status();
      expect(switches.find((row) => row.b === b)).toMatchObject({
        state: "armed",
        leftMs: 2.5 * dayMs,
        isProven: true,
      });
    }
  });

  it("says that what was disarmed, or armed without the kit, stays as it is", async () => {
    const { owner, kit } = household;
    const b = await planHasty();
    await owner.afterkeep.arm(b, { kit });
    await owner.afterkeep.disarm(b);
    for (const one of [b, await armBequest(household)])
      await expect(owner.afterkeep.arm(one, { kit })).rejects.toThrow("It stays as it is");
  });

  it("is refused before anybody is asked for words that would change nothing", async () => {
    const { owner, server, kit } = household;
    const { b } = await planBequest(household);
    const preview = await owner.afterkeep.previewArming(b);
    await expect(owner.afterkeep.expectKitOfUse(b, preview)).rejects.toThrow("would change nothing");
    const hastily = await planHasty();
    const first = await owner.afterkeep.previewArming(hastily);
    await owner.afterkeep.expectKitOfUse(hastily, first);
    server.change("submitStatement", () => ({}));
    await expect(owner.afterkeep.arm(hastily, { kit })).rejects.toThrow(NotReceiptedError);
    server.honest();
    const again = await owner.afterkeep.previewArming(hastily);
    await expect(owner.afterkeep.expectKitOfUse(hastily, again)).rejects.toThrow("This is armed already");
    expect(called("submitStatement")).toBe(true);
  });

  it("leaves nothing of the words on the device", async () => {
    const { owner, kit } = household;
    await owner.afterkeep.arm(await planHasty(), { kit });
    const kept = JSON.stringify([await owner.store.load(), await owner.store.loadSecrets()]);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).not.toContain(wordsOf(kit).slice(0, 3).join(" "));
  });
});

describe("an armed bequest whose arming again was broken off", () => {
  it("can still be changed, and what is bound still opens whole", async () => {
    const { owner, recipient, server, stack } = household;
    const kept = await armBequest(household);
    const b = await armBequest(household);
    for (const broken of [kept, b, kept, b]) {
      let asked = 0;
      // The first challenge is for the new list, the second for the policy.
      server.change("challenge", (answer) => {
        if (++asked === 2) throw new TypeError("connection lost");
        return answer;
      });
      await expect(owner.afterkeep.arm(broken)).rejects.toThrow("did not answer");
      expect(asked).toBe(2);
      server.honest();
    }
    const [added] = await owner.afterkeep.seal([itemOf("added", new Uint8Array([7, 7]))]);
    const { draft } = await owner.afterkeep.getBequest(b);
    const documents = [...draft.documents, ...(added === undefined ? [] : [added.doc])];
    await owner.afterkeep.updateBequest(b, { ...draft, documents, message: "Newer." });
    await stack.silence(55 * dayMs);
    expect((await recipient.afterkeep.openRelease(kept)).missing).toEqual([]);
    const release = await recipient.afterkeep.openRelease(b);
    expect([release.message, release.missing, release.documents.length]).toEqual(["Newer.", [], 2]);
    const { stream } = await release.download(household.documents[0]?.doc ?? "");
    expect(Buffer.compare(await readAll(stream), household.content)).toBe(0);
  });
});
