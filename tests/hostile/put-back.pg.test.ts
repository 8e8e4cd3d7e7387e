import { type Afterkeep, dayMs, itemFromNote, readAll } from "@afterkeep/sdk";
import { type Id, parseId } from "@afterkeep/bytes";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, openHousehold, planBequest, restarted } from "./a-household.ts";
import { codeOfRefusal } from "./code-of-refusal.ts";

const longEnough = 55 * dayMs;
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

async function aHousehold(): Promise<Household> {
  const household = await openHousehold();
  closing.push(household.close);
  return household;
}

/** Arms a plan anew that gives nothing sooner, so that it binds at once. */
async function armLater({ owner }: Household, b: string, documents?: readonly Id[]): Promise<void> {
  const { draft } = await owner.afterkeep.getBequest(b);
  const times = { ...draft.times, grace: draft.times.grace + dayMs };
  await owner.afterkeep.updateBequest(b, { ...draft, times, documents: documents ?? draft.documents });
  expect((await owner.afterkeep.arm(b)).loosenings).toEqual([]);
}

/** Opens a release to the last byte of each document. */
async function openAll(device: Afterkeep, b: string) {
  const { message, older, isChainOlder, missing, documents, download } = await device.openRelease(b);
  const read = await Promise.all(documents.map(async ({ doc }) => readAll((await download(doc)).stream)));
  const names = documents.map(({ name }) => name).sort();
  const bytes = read.reduce((sum, { length }) => sum + length, 0);
  return { message, older, isChainOlder, missing: missing.length, names, bytes };
}

describe("a keyholder that was put back alone, to a plan which was replaced since", { timeout: 120_000 }, () => {
  let household: Household;
  let b: string;
  let copy: string;
  beforeAll(async () => {
    household = await aHousehold();
    b = await armBequest(household);
    const { draft } = await household.owner.afterkeep.getBequest(b);
    const documents = household.documents.map(({ doc }) => parseId(doc));
    await household.owner.afterkeep.updateBequest(b, { ...draft, documents });
    copy = await household.stack.backUpKeyholder();
  }, 120_000);
  afterEach(() => household.server.honest());

  it("has its documents sealed for that plan too, when its owner arms before they check in and does not come to the end", async () => {
    const { owner, server, stack } = household;
    await armLater(household, b);
    await stack.restoreKeyholder(copy);
    server.honest();
    server.refuse("submitStatement", 403, "no-policy-today");
    await expect(owner.afterkeep.arm(b)).rejects.toThrow("The server said no");
    expect(server.called.filter((name) => name === "checkIn" || name === "commitManifest")).toEqual([
      "checkIn",
      "commitManifest",
    ]);
  });

  it("has no document of that plan removed from the vault", async () => {
    const { owner, documents, stack } = household;
    const [kept, dropped] = documents.map(({ doc }) => parseId(doc));
    if (kept === undefined || dropped === undefined) throw new Error("two documents");
    await armLater(household, b, [kept]);
    await stack.restoreKeyholder(copy);
    expect(await codeOfRefusal(owner.afterkeep.removeDocuments([dropped]))).toBe("document-in-bequest");
  });

  it("keeps that plan's documents sealed for it when its owner changes what the newer plan names", async () => {
    const { owner, documents, stack } = household;
    await armLater(household, b);
    await stack.restoreKeyholder(copy);
    const { draft } = await owner.afterkeep.getBequest(b);
    await owner.afterkeep.updateBequest(b, { ...draft, documents: documents.map(({ doc }) => parseId(doc)) });
  });

  it("is not believed in an older receipt: a server that withholds the answer has nothing sealed", async () => {
    const { owner, server, stack } = household;
    const [extra] = await owner.afterkeep.seal([itemFromNote({ name: "extra", text: "x", modified: 0 })]);
    if (extra === undefined) throw new Error("nothing was sealed");
    await armLater(household, b);
    await stack.restoreKeyholder(copy);
    const old = server.last("checkIn");
    server.honest();
    server.playBack("checkIn", old);
    const failed = "the check-in that goes before it failed. This check-in did NOT count";
    await expect(owner.afterkeep.arm(b)).rejects.toThrow(`Nothing was armed: ${failed}`);
    const { draft } = await owner.afterkeep.getBequest(b);
    const changed = { ...draft, message: "never said" };
    await expect(owner.afterkeep.updateBequest(b, changed)).rejects.toThrow(`Nothing was changed: ${failed}`);
    await expect(owner.afterkeep.removeDocuments([extra.doc])).rejects.toThrow(`Nothing was removed: ${failed}`);
    expect(server.called).not.toContain("putHeader");
    expect(server.called).not.toContain("putLabel");
  });

  it("has its list follow a change of the vault that broke off before, though the device learns of it only then", async () => {
    const { owner, documents, server, stack } = household;
    const change = { doc: documents[0]?.doc ?? "", name: "renamed.pdf" };
    await armLater(household, b);
    server.refuse("listBequests", 403, "not-today");
    await expect(owner.afterkeep.changeDocuments([change])).rejects.toThrow("The server said no");
    await stack.restoreKeyholder(copy);
    server.honest();
    await owner.afterkeep.changeDocuments([change]);
    expect(server.called).not.toContain("checkIn");
  });

  it("that lost a bequest altogether may have been bound to any plan of it: none of their documents is removed", async () => {
    const { owner, documents, stack } = household;
    const kept = documents.flatMap(({ doc }) => parseId(doc)).slice(0, 1);
    const [extra] = await owner.afterkeep.seal([itemFromNote({ name: "extra", text: "x", modified: 0 })]);
    if (extra === undefined) throw new Error("nothing was sealed");
    const { b: lost } = await planBequest(household);
    await armLater(household, lost, [...kept, extra.doc]);
    await armLater(household, lost);
    await stack.restoreKeyholder(copy);
    expect((await owner.afterkeep.checkIn()).lapsed.map((one) => one.b)).toContain(lost);
    const { draft } = await owner.afterkeep.getBequest(lost);
    await owner.afterkeep.updateBequest(lost, { ...draft, documents: kept });
    expect(await codeOfRefusal(owner.afterkeep.removeDocuments([extra.doc]))).toBe("document-in-bequest");
    await owner.afterkeep.arm(lost);
    await owner.afterkeep.removeDocuments([extra.doc]);
  });

  it("releases everything of that plan when its owner never comes back", async () => {
    await household.stack.silence(90 * dayMs + longEnough);
    const opened = await openAll(household.recipient.afterkeep, b);
    expect(opened).toMatchObject({ missing: 0, isChainOlder: false, bytes: household.content.length + 1 });
    expect(opened.names).toEqual(["note", "renamed.pdf"]);
  });
});

describe("a recipient's device that has seen more of an owner than the server shows", { timeout: 120_000 }, () => {
  const messages = ["The first letter.", "The second letter.", "The last letter."];
  let household: Household;
  let b: string;
  let copy: { readonly keyholder: string; readonly counter: number; readonly chain: number };
  beforeAll(async () => {
    household = await aHousehold();
    b = await armBequest(household);
    await say(messages[0]);
    await household.stack.silence(longEnough);
  }, 120_000);
  afterEach(() => household.server.honest());

  const say = async (message = "") => {
    const { afterkeep } = household.owner;
    await afterkeep.updateBequest(b, { ...(await afterkeep.getBequest(b)).draft, message });
  };
  const visit = () => restarted(household, household.recipient).resumeRecipient();
  const open = () => openAll(restarted(household, household.recipient), b);

  /** What the database has of owners' statements; a copy of it is put back by forgetting the rest. */
  async function inDatabase(query: string, values: unknown[] = []) {
    const admin = household.stack.database.pool("superuser");
    const { rows } = await admin.query<{ counter: string; count: string }>(query, values);
    await admin.end();
    return rows[0];
  }

  async function putBack(): Promise<void> {
    await household.stack.restoreKeyholderFolder(copy.keyholder);
    const isLater = "receipt_counter > $1";
    await inDatabase(`delete from manifest where statement_id in (select id from statement where ${isLater})`, [
      copy.counter,
    ]);
    await inDatabase(`delete from statement where ${isLater}`, [copy.counter]);
  }

  it("refuses an earlier decision with the chain of that day, as long as both are only played back", async () => {
    const { server, owner, stack } = household;
    expect(await open()).toMatchObject({ message: messages[0], isChainOlder: false });
    const [view, proof, grant, bundle] = [
      server.last("getRecipientView"),
      server.last("prove"),
      server.last("grant"),
      server.last("getBundle"),
    ];
    await owner.afterkeep.checkIn();
    await armLater(household, b);
    await say(messages[1]);
    const keyholder = await stack.backUpKeyholder();
    const saved = await inDatabase("select max(receipt_counter) as counter, count(seq) as count from statement");
    copy = { keyholder, counter: Number(saved?.counter), chain: Number(saved?.count) };
    await say(messages[2]);
    expect(await visit()).toMatchObject({ isChainOlder: false });
    await stack.silence(longEnough);
    server.playBack("getRecipientView", view);
    server.playBack("prove", proof);
    server.playBack("grant", grant);
    server.playBack("getBundle", bundle);
    expect(await visit()).toMatchObject({ isChainOlder: true });
    expect(await codeOfRefusal(open())).toBe("chain-invalid");
  });

  it("refuses a chain that hides what the keyholder's decision names, in either answer", async () => {
    const { server } = household;
    const hiding = <A extends { chain: string[] }>(answer: A): A => ({
      ...answer,
      chain: answer.chain.slice(0, copy.chain),
    });
    for (const names of [["getBundle"], ["getRecipientView"], ["getBundle", "getRecipientView"]] as const) {
      for (const name of names) server.change(name, hiding);
      expect([names, await codeOfRefusal(open())]).toEqual([names, "chain-invalid"]);
      server.honest();
    }
    expect(await open()).toMatchObject({ message: messages[2], older: false, isChainOlder: false });
  });

  it("opens what a machine that was put back decides anew, and says that something is gone", async () => {
    await putBack();
    expect(await visit()).toMatchObject({ isChainOlder: true, hasKeyHere: true });
    await household.stack.silence(longEnough);
    expect(await open()).toMatchObject({ message: messages[1], older: false, isChainOlder: true, missing: 0 });
    expect(await open()).toMatchObject({ message: messages[1], isChainOlder: true });
  });

  it("goes on saying so when its owner goes on from there, until a decision on what they signed then is proof of it", async () => {
    const { afterkeep } = household.owner;
    await putBack();
    await afterkeep.checkIn();
    household.server.honest();
    expect(await codeOfRefusal(say("Before anybody looked."))).toBe("chain-restored");
    expect(household.server.called).not.toContain("putLabel");
    await afterkeep.acceptRestore();
    for (const message of ["Once more.", "And once more."]) await say(message);
    expect(await visit()).toMatchObject({ isChainOlder: true });
    await household.stack.silence(longEnough);
    expect(await open()).toMatchObject({ message: "And once more.", older: false, isChainOlder: true });
    expect(await visit()).toMatchObject({ isChainOlder: false });
    expect(await open()).toMatchObject({ message: "And once more.", older: false, isChainOlder: false });
    household.server.change("getRecipientView", (answer) => ({ ...answer, chain: answer.chain.slice(0, -1) }));
    expect(await visit()).toMatchObject({ isChainOlder: true });
  });

  it("refuses another owner's key for ever", async () => {
    const { server } = household;
    server.change("getRecipientView", (answer) => ({ ...answer, chain: answer.chain.slice(1) }));
    expect(await codeOfRefusal(visit())).toBe("chain-invalid");
    const store = household.recipient.store;
    const known = await store.load();
    if (known === null) throw new Error("nothing is remembered");
    const others = Object.entries(known.owners).map(([account, owner]) => [
      account,
      { ...owner, ownerThumb: "A".repeat(43) },
    ]);
    server.honest();
    await store.save({ ...known, owners: Object.fromEntries(others) });
    expect(await codeOfRefusal(visit())).toBe("owner-key-changed");
  });
});

describe("a recipient's device to which a server hides what another bequest rests on", { timeout: 120_000 }, () => {
  it("opens the newest letter for what it is, and takes the server's word for nothing that was hidden", async () => {
    const household = await aHousehold();
    const { owner, recipient, server, stack } = household;
    const b = await armBequest(household);
    const { draft } = await owner.afterkeep.getBequest(b);
    await owner.afterkeep.updateBequest(b, { ...draft, message: "The last letter." });
    await owner.afterkeep.seal([itemFromNote({ name: "for somebody else", text: "x", modified: 0 })]);
    const device = () => restarted(household, recipient);
    expect(await device().resumeRecipient()).toMatchObject({ isChainOlder: false });
    await stack.silence(longEnough);
    const hiding = <A extends { chain: string[] }>(answer: A): A => ({ ...answer, chain: answer.chain.slice(0, -1) });
    server.change("getRecipientView", hiding);
    server.change("getBundle", hiding);
    for (const _ of [1, 2])
      expect(await openAll(device(), b)).toMatchObject({
        message: "The last letter.",
        older: false,
        isChainOlder: true,
      });
    server.honest();
    expect(await openAll(device(), b)).toMatchObject({ message: "The last letter.", isChainOlder: false });
  });
});
