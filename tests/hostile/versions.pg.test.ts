import { randomBytes } from "@afterkeep/bytes";
import { dayMs, type DocumentInfo, readAll, RefusedError } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, itemOf, openHousehold, restarted } from "./a-household.ts";

let household: Household;
let doc: DocumentInfo["doc"];
let b: string;
const second = randomBytes(900_000);
const picture = randomBytes(3000);

/** A household whose armed bequest holds the first document, which then gets a second version. */
beforeAll(async () => {
  household = await openHousehold();
  b = await armBequest(household);
  const [first] = await owner()
    .listDocuments()
    .then((all) => all.filter(({ name }) => name === "will.pdf"));
  if (first === undefined) throw new Error("the will is missing");
  doc = first.doc;
  household.server.honest();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

const owner = () => household.owner.afterkeep;

async function codeOfRefusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  return error instanceof RefusedError ? error.code : String(error);
}

async function contentOf(ver?: string): Promise<Uint8Array> {
  return readAll((await owner().openDocument(doc, ver === undefined ? {} : { ver })).stream);
}

function commits(): number {
  return household.server.called.filter((name) => name === "commitManifest").length;
}

function same(x: Uint8Array, y: Uint8Array): boolean {
  return Buffer.compare(x, y) === 0;
}

describe("a document with versions", () => {
  it("gets a next version that the vault and a live bequest name at once, each by one manifest", async () => {
    const item = { ...itemOf("will.pdf", second), document: doc, thumbnail: picture };
    const [sealed] = await owner().seal([item]);
    expect([sealed?.doc, sealed?.versions, sealed?.hasThumbnail, commits()]).toEqual([doc, 2, true, 2]);
    const versions = await owner().listVersions(doc);
    expect(versions.map(({ isCurrent, size }) => [isCurrent, size])).toEqual([
      [true, second.length],
      [false, household.content.length],
    ]);
    expect(same(await contentOf(), second)).toBe(true);
    expect(same(await contentOf(versions[1]?.ver), household.content)).toBe(true);
  });

  it("is renamed and moved with others by sealed metadata alone: no byte of payload is sent, and one manifest each", async () => {
    const others = (await owner().listDocuments()).filter((one) => one.doc !== doc);
    household.server.honest();
    const changes = [
      { doc, name: "Last will.pdf", folder: "Papers/Will" },
      ...others.map((one) => ({ doc: one.doc, folder: "Papers" })),
    ];
    const changed = await owner().changeDocuments(changes);
    expect(changed.map(({ name, folder }) => `${folder}/${name}`)).toEqual([
      "Papers/Will/Last will.pdf",
      "Papers/note",
    ]);
    expect([commits(), household.server.payloadBytes(), household.server.called.includes("beginDocument")]).toEqual([
      2,
      0,
      false,
    ]);
    await owner().changeDocuments(changes);
    expect(commits()).toBe(2);
    expect(await codeOfRefusal(owner().changeDocuments([{ doc, name: " " }]))).toBe("not-possible");
    expect(await codeOfRefusal(owner().changeDocuments([{ doc, folder: "/Papers" }]))).toBe("not-possible");
  });

  it("is restored to an earlier version under its present name, and re-shared, without a byte of payload", async () => {
    const versions = await owner().listVersions(doc);
    household.server.honest();
    const restored = await owner().restoreVersion(doc, versions[1]?.ver ?? "");
    expect([restored.ver, restored.name, restored.folder]).toEqual([versions[1]?.ver, "Last will.pdf", "Papers/Will"]);
    expect(household.server.called.filter((name) => name === "putHeader").length).toBe(2);
    expect([commits(), household.server.payloadBytes()]).toEqual([2, 0]);
    expect(same(await contentOf(), household.content)).toBe(true);
    expect((await owner().restoreVersion(doc, versions[0]?.ver ?? "")).ver).toBe(versions[0]?.ver);
    expect(same(await contentOf(), second)).toBe(true);
  });

  it("is followed by its bequest when a restoring or renaming that broke off after the vault's list is done again", async () => {
    const followed = () => household.server.sent("commitManifest").filter((one) => one.b === b);
    const namesOf = () => followed().flatMap(({ entries }) => entries.map(({ ver }) => ver));
    const [current, older] = await owner().listVersions(doc);
    const breakOff = async (name: "putHeader" | "getManifest", change: () => Promise<unknown>) => {
      household.server.honest();
      if (name === "putHeader") household.server.refuse(name, 503, "unavailable");
      else household.server.change(name, (answer) => (answer.b === b ? { ...answer, body: "" } : answer));
      expect(await codeOfRefusal(change())).not.toBe("it was believed");
      household.server.honest();
    };
    const restore = (ver = "") => owner().restoreVersion(doc, ver);
    await breakOff("putHeader", () => restore(older?.ver));
    await restore(older?.ver);
    expect(namesOf()).toEqual([older?.ver]);
    await restore(current?.ver);
    const rename = (name: string) => owner().changeDocuments([{ doc, name }]);
    await breakOff("getManifest", () => rename("Testament.pdf"));
    await rename("Testament.pdf");
    expect(namesOf()).toEqual([current?.ver]);
    await rename("Last will.pdf");
  });

  it("is not removed while a live bequest leaves it to somebody, and the bequest is named", async () => {
    await expect(owner().removeDocuments([doc])).rejects.toMatchObject({
      code: "document-in-bequest",
      message: expect.stringContaining("For Bo"),
    });
    const [gone] = await owner().seal([itemOf("gone.pdf", randomBytes(9))]);
    await owner().removeDocuments([gone?.doc ?? ""]);
    expect((await owner().listDocuments()).map(({ name }) => name)).not.toContain("gone.pdf");
    expect(await codeOfRefusal(owner().removeDocuments([gone?.doc ?? ""]))).toBe("not-found");
  });

  it("keeps as many versions as the owner wants, on every device, and says nothing of it to the server", async () => {
    expect(await owner().versionPolicy()).toEqual({ keepVersions: 10, keepDays: 0 });
    const before = (await owner().listDocuments()).length;
    await owner().setVersionPolicy({ keepVersions: 3, keepDays: 0 });
    await owner().setVersionPolicy({ keepVersions: 2, keepDays: 0 });
    expect(await restarted(household, household.owner).versionPolicy()).toEqual({ keepVersions: 2, keepDays: 0 });
    const [one] = await owner().seal([itemOf("draft", new Uint8Array(1))]);
    for (const size of [2, 3, 4])
      await owner().seal([{ ...itemOf("draft", new Uint8Array(size)), document: one?.doc }]);
    expect((await owner().listVersions(one?.doc ?? "")).map(({ size }) => size)).toEqual([4, 3]);
    expect((await owner().listDocuments()).length).toBe(before + 1);
    await owner().setVersionPolicy({ keepVersions: 10, keepDays: 0 });
    expect(await codeOfRefusal(owner().setVersionPolicy({ keepVersions: 0, keepDays: 0 }))).toBe("not-possible");
  });

  it("opens ranges and its small picture without the rest of it", async () => {
    const [current] = await owner().listVersions(doc);
    household.server.honest();
    const range = { from: 70_000, to: 140_000, ver: current?.ver };
    const part = await readAll((await owner().openRange(doc, range)).stream);
    expect(same(part, second.subarray(70_000, 140_000))).toBe(true);
    expect(new Set(household.server.called)).toEqual(new Set(["getObject"]));
    const ranges = await owner().openRanges(doc, { ver: current?.ver });
    const pieces = [];
    for (let from = 0; from < second.length; from += 60_000)
      pieces.push(await readAll(ranges.read({ from, to: Math.min(from + 60_000, second.length) })));
    expect(same(Buffer.concat(pieces), second)).toBe(true);
    const thumbnail = await owner().readThumbnail(doc);
    expect(thumbnail !== null && same(thumbnail, picture)).toBe(true);
    expect(await codeOfRefusal(owner().openRange(doc, { from: 0, to: second.length + 1 }))).toBe("not-possible");
  });
});

describe("a document with versions on a hostile server", () => {
  type Row = { doc: string; ver: string; rev: number; header: string; metadata: string };
  const changeRows = (change: (rows: readonly Row[]) => readonly Row[]) =>
    household.server.change("listDocuments", (answer) => ({ ...answer, documents: change(answer.documents) }));
  const expectDamaged = async () => {
    const list = await owner().listVault();
    expect([list.damaged, list.documents.some((one) => one.doc === doc)]).toEqual([[doc], false]);
    expect(await codeOfRefusal(contentOf())).toBe("document-forged");
  };

  it("does not take an earlier name for the present one", async () => {
    const old = household.server.last("listDocuments").documents;
    await owner().changeDocuments([{ doc, name: "Newest.pdf" }]);
    changeRows((rows) => rows.map((row) => old.find((one) => one.ver === row.ver && one.rev !== row.rev) ?? row));
    await expectDamaged();
  });

  it("does not take an old version for the current one where the newest is withheld", async () => {
    const [current, older] = await owner().listVersions(doc);
    changeRows((rows) => rows.filter(({ ver }) => ver !== current?.ver));
    await expectDamaged();
    expect(same(await contentOf(older?.ver), household.content)).toBe(true);
    expect(await codeOfRefusal(owner().restoreVersion(doc, older?.ver ?? ""))).toBe("document-forged");
  });

  it.each([
    ["headers", ({ header }: Row) => ({ header })],
    ["metadata", ({ metadata, rev }: Row) => ({ metadata, rev })],
    ["names", ({ ver }: Row) => ({ ver })],
  ])("is refused when two versions trade their %s", async (_what, of) => {
    changeRows((rows) => {
      const [one, two] = rows.filter((row) => row.doc === doc);
      if (one === undefined || two === undefined) throw new Error("two versions are needed");
      return rows.map((row) => (row === one ? { ...one, ...of(two) } : row === two ? { ...two, ...of(one) } : row));
    });
    const list = await owner().listVault();
    expect([list.damaged, list.documents.some((info) => info.doc === doc)]).toEqual([[doc], false]);
  });

  it("gives no content or picture of another version", async () => {
    const [current, older] = await owner().listVersions(doc);
    household.server.changeBytes((bytes) => bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)));
    expect(await codeOfRefusal(owner().readThumbnail(doc))).toBe("document-forged");
    const range = async () => readAll((await owner().openRange(doc, { from: 10, to: 99, ver: current?.ver })).stream);
    expect(await codeOfRefusal(range())).toBe("document-forged");
    const theirs = await owner().readThumbnail(doc, { ver: older?.ver });
    expect(theirs).toBeNull();
  });
});

describe("a bequest that was armed again and cools", () => {
  it("is followed in what is bound and in what cools", async () => {
    const { draft } = await owner().getBequest(b);
    await owner().updateBequest(b, { ...draft, times: { ...draft.times, interval: draft.times.interval - dayMs } });
    await owner().arm(b);
    household.server.honest();
    await owner().changeDocuments([{ doc, name: "While it cools.pdf" }]);
    const bequests = household.server.sent("commitManifest").map(({ g }) => g);
    expect(bequests.sort((x, y) => x - y)).toEqual([0, 1, 2]);
  });
});

describe("what a recipient gets of a document that changed after arming", () => {
  it("is its current version under its newest name, from the bequest's own newest list", async () => {
    await owner().changeDocuments([{ doc, name: "Final.pdf" }]);
    await household.stack.silence(55 * 86_400_000);
    const release = await household.recipient.afterkeep.openRelease(b);
    expect([release.older, release.missing, release.documents.map(({ name }) => name)]).toEqual([
      false,
      [],
      ["Final.pdf"],
    ]);
    expect(same(await readAll((await release.download(doc)).stream), second)).toBe(true);
  });
});
