import { randomBytes } from "@afterkeep/bytes";
import { type Afterkeep, createAfterkeep, type DocumentInfo, memoryJournal, readAll } from "@afterkeep/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, itemOf, openHousehold, planBequest } from "./a-household.ts";

let household: Household;
let doc: DocumentInfo["doc"];
let b: string;
let replayed: { readonly doc: string; readonly b: string };
const second = randomBytes(1000);

beforeAll(async () => {
  household = await openHousehold();
  b = await armBequest(household);
  const [will] = (await owner().listDocuments()).filter(({ name }) => name === "will.pdf");
  if (will === undefined) throw new Error("the will is missing");
  doc = will.doc;
});
afterAll(() => household.close());

const owner = () => household.owner.afterkeep;

/** The owner's device in another window, where `meanwhile` happens right after the first answer to `method` at a path with `part` in it. */
function windowWith(method: string, part: string, meanwhile: () => Promise<unknown>): Afterkeep {
  let isDone = false;
  return createAfterkeep({
    serverUrl: "http://afterkeep.test",
    channel: "bearer",
    store: household.owner.store,
    journal: memoryJournal(),
    wait: () => Promise.resolve(),
    fetch: async (input, init) => {
      const answer = await household.server.fetch(input, init);
      const url = input instanceof Request ? input.url : String(input);
      if (!isDone && init?.method === method && url.includes(part)) {
        isDone = true;
        await meanwhile();
      }
      return answer;
    },
  });
}

/** What a stolen session holds: the headers that every request of the owner's carries. */
async function stolenSession(): Promise<Headers> {
  let stolen = new Headers();
  const own = createAfterkeep({
    serverUrl: "http://afterkeep.test",
    channel: "bearer",
    store: household.owner.store,
    journal: memoryJournal(),
    fetch: (input, init) => {
      stolen = new Headers(init?.headers);
      return household.server.fetch(input, init);
    },
  });
  await own.listDocuments();
  return stolen;
}

const rowOf = async (ver: string) => {
  await owner().listDocuments();
  return household.server.last("listDocuments").documents.find((row) => row.ver === ver);
};

const seal = (name: string, content: Uint8Array, document?: DocumentInfo["doc"]) =>
  owner().seal([{ ...itemOf(name, content), document }]);

/** A bequest that names what is no longer there is stuck, so nothing may come between. */
describe("a document that is removed", () => {
  const planned = async (name: string) => {
    const [fresh] = await seal(name, new Uint8Array(5));
    if (fresh === undefined) throw new Error("nothing was sealed");
    return { fresh, b: (await planBequest({ ...household, documents: [fresh] })).b };
  };
  const inBequest = { code: "document-in-bequest" };

  it("stays while another window arms a bequest of it", async () => {
    const { fresh, b } = await planned("armed meanwhile");
    const slow = windowWith("GET", "/v1/documents", () => owner().arm(b));
    await expect(slow.removeDocuments([fresh.doc])).rejects.toMatchObject(inBequest);
    await owner().disarm(b);
  });

  it("stays while a bequest's signed list names it, whatever its plan says already", async () => {
    const { fresh, b } = await planned("taken out in the plan");
    const [other] = await seal("stays in the plan", new Uint8Array(5));
    if (other === undefined) throw new Error("nothing was sealed");
    const { draft } = await owner().getBequest(b);
    await owner().updateBequest(b, { ...draft, documents: [fresh.doc, other.doc] });
    await owner().arm(b);
    household.server.refuse("putHeader", 503, "unavailable");
    await expect(owner().updateBequest(b, { ...draft, documents: [other.doc] })).rejects.toThrow();
    household.server.honest();
    await expect(owner().removeDocuments([fresh.doc])).rejects.toMatchObject(inBequest);
    await owner().disarm(b);
  });

  it("and that a bequest names all the same fails no sealing: the owner hears which bequest it is, and can mend it", async () => {
    const { fresh, b } = await planned("gone");
    const [other] = await seal("next to it", new Uint8Array(5));
    if (other === undefined) throw new Error("nothing was sealed");
    const { draft } = await owner().getBequest(b);
    await owner().updateBequest(b, { ...draft, title: "Stuck", documents: [fresh.doc, other.doc] });
    await owner().arm(b);
    household.server.change("listBequests", () => ({ bequests: [] }));
    await owner().removeDocuments([fresh.doc]);
    household.server.honest();
    const heard: string[] = [];
    const item = { ...itemOf("next to it", new Uint8Array(6)), document: other.doc };
    const [sealed] = await owner().seal([item], { onNotFollowed: ({ message }) => heard.push(message) });
    expect([sealed?.size, heard]).toEqual([6, [expect.stringContaining('"Stuck"')]]);
    await owner().updateBequest(b, { ...draft, documents: [other.doc] });
    const named = household.server.sent("commitManifest").findLast((one) => one.b === b)?.entries;
    expect(named?.map(({ ver }) => ver)).toEqual([sealed?.ver]);
    await owner().disarm(b);
  });
});

describe("an older header that a stolen session puts back", () => {
  it("is never confirmed by lists that the owner signs later", async () => {
    const [sealed] = await seal("replayed.pdf", new Uint8Array(7));
    if (sealed === undefined) throw new Error("nothing was sealed");
    const before = await rowOf(sealed.ver);
    replayed = { doc: sealed.doc, b: (await planBequest({ ...household, documents: [sealed] })).b };
    await owner().arm(replayed.b);
    const shared = await rowOf(sealed.ver);
    const headers = await stolenSession();
    headers.set("content-type", "application/json");
    const put = await household.server.fetch(
      `http://afterkeep.test/v1/documents/${sealed.doc}/versions/${sealed.ver}/header`,
      {
        method: "PUT",
        headers,
        body: JSON.stringify({ header: before?.header, expectedRev: shared?.headerRev }),
      },
    );
    expect(put.status).toBe(200);
    await owner().changeDocuments([{ doc: sealed.doc, name: "renamed.pdf" }]);
    await owner().updateBequest(replayed.b, { ...(await owner().getBequest(replayed.b)).draft, message: "Others." });
    const after = await rowOf(sealed.ver);
    expect([after?.header === before?.header, after?.confirmedHeader === shared?.header]).toEqual([true, true]);
  });
});

describe("a bequest that is changed while another window seals a new version of what it leaves", () => {
  it("is not armed with the version before", async () => {
    const [fresh] = await seal("fresh.pdf", new Uint8Array(5));
    if (fresh === undefined) throw new Error("nothing was sealed");
    const planned = await planBequest({ ...household, documents: [fresh] });
    const slow = windowWith("POST", "/manifests", () => seal("fresh.pdf", new Uint8Array(6), fresh.doc));
    await expect(slow.arm(planned.b)).rejects.toMatchObject({ code: "conflict" });
    await slow.arm(planned.b);
    const [current] = await owner().listVersions(fresh.doc);
    const named = household.server.sent("commitManifest").findLast((one) => one.b === planned.b)?.entries;
    expect(named?.map(({ ver }) => ver)).toEqual([current?.ver]);
  });

  it("is followed by two windows at once, in which one is faster with a header", async () => {
    const slow = windowWith("GET", `/manifests/${b}`, () => owner().changeDocuments([{ doc, folder: "" }]));
    household.server.honest();
    const [sealed] = await slow.seal([{ ...itemOf("will.pdf", randomBytes(10)), document: doc }]);
    expect(household.server.sent("commitManifest").findLast((one) => one.b === b)?.entries).toEqual([
      expect.objectContaining({ doc, ver: sealed?.ver }),
    ]);
  });

  it("leaves the new one with the new words, and every recipient can open it", async () => {
    const slow = windowWith("PUT", "/labels/", () => seal("will.pdf", second, doc));
    const { draft } = await slow.getBequest(b);
    await slow.updateBequest(b, { ...draft, message: "Other words." });
    await household.stack.silence(55 * 86_400_000);
    const release = await household.recipient.afterkeep.openRelease(b);
    expect([release.message, release.missing]).toEqual(["Other words.", []]);
    expect(Buffer.compare(await readAll((await release.download(doc)).stream), second)).toBe(0);
  });

  it("leaves what a stolen session put an older header back on, which its owner still opens", async () => {
    const release = await household.recipient.afterkeep.openRelease(replayed.b);
    expect(release.missing).toEqual([]);
    expect((await readAll((await release.download(replayed.doc)).stream)).length).toBe(7);
  });
});
