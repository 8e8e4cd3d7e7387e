import { newId } from "@afterkeep/bytes";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { openStatement, signedStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { openReleasedBequest } from "./open-release.ts";
import { ReleaseMismatchError } from "./release-errors.ts";
import { anEstate, aRelease } from "./testing/a-release.ts";
import { someBytes } from "./testing/a-sealed-document.ts";

const documents = [{ name: "will.pdf", content: someBytes(500) }];

describe("a released bequest", () => {
  it("opens with everything that its owner and keyholder signed", async () => {
    const { request, identity } = await aRelease(await anEstate(), { documents, message: "Dear Bo." });
    const opened = await openReleasedBequest(request);
    expect([opened.message, opened.isOlder, opened.identity]).toEqual(["Dear Bo.", false, identity]);
    expect(opened.documents.map(({ opened: { metadata } }) => metadata.name)).toEqual(["will.pdf"]);
  });

  it("does not open on the word of a keyholder whom the owner's chain does not name", async () => {
    const { request } = await aRelease(await anEstate(), { documents });
    const { keyholder: stranger } = await anEstate();
    const said = openStatement("release", request.answers.release, request.keyholder.publicKey).body;
    const { jws } = await signedStatement("release", { ...said, decidedAt: 1 }, stranger);
    const lie = {
      ...request,
      keyholder: { publicKey: stranger.publicKey, mode: "real" as const },
      answers: { ...request.answers, release: jws },
    };
    await expect(openReleasedBequest(lie)).rejects.toThrow(ReleaseMismatchError);
  });

  it("does not open with another bequest key than the one in the signed policy", async () => {
    const bi = await recipientOf(await generateIdentity());
    const { request } = await aRelease(await anEstate(), { documents, bi });
    await expect(openReleasedBequest(request)).rejects.toThrow(ReleaseMismatchError);
  });

  it("takes of several revisions of a document the one that its list names, and of none that it does not", async () => {
    const { request } = await aRelease(await anEstate(), { documents });
    const [row] = request.answers.documents;
    if (row === undefined) throw new Error("a release without documents");
    const other = { ...row, rev: 1, metadata: someBytes(row.metadata.length) };
    const open = (rows: (typeof row)[]) =>
      openReleasedBequest({ ...request, answers: { ...request.answers, documents: rows } });
    expect((await open([other, row])).documents.map(({ row: { rev } }) => rev)).toEqual([0]);
    const spoilt = { ...row, header: row.header.slice(0, -3) };
    expect((await open([spoilt, row])).damaged).toEqual([]);
    expect((await open([spoilt])).damaged).toEqual([row.docId]);
    expect((await open([other])).damaged).toEqual([row.docId]);
    expect((await open([{ ...row, rev: 1 }])).damaged).toEqual([row.docId]);
  });

  it("under an older list takes a document whose version is gone from the newest list in which it opens, and says so", async () => {
    const docId = newId(20);
    const [named, second, third] = [1, 2, 3].map((size) => ({ docId, name: `${size}.pdf`, content: someBytes(size) }));
    if (named === undefined || second === undefined || third === undefined) throw new Error("three versions");
    const other = { docId: newId(21), name: "other.pdf", content: someBytes(9) };
    const what = { documents: [third], earlier: [[named, other], [second]], granted: 1 };
    const { request } = await aRelease(await anEstate(), what);
    const rows = request.answers.documents;
    const open = async (without: readonly number[], granted = request) => {
      const left = rows.filter((_, at) => !without.includes(at));
      const { documents, damaged, isOlder } = await openReleasedBequest({
        ...granted,
        answers: { ...granted.answers, documents: left },
      });
      return [documents.map(({ opened: { metadata } }) => metadata.name).sort(), damaged, isOlder];
    };
    const [first, theOther, two, three] = [0, 1, 2, 3];
    expect(await open([])).toEqual([["1.pdf", "other.pdf"], [], true]);
    expect(await open([first])).toEqual([["3.pdf", "other.pdf"], [], true]);
    expect(await open([first, three])).toEqual([["2.pdf", "other.pdf"], [], true]);
    expect(await open([first, two, three])).toEqual([["other.pdf"], [docId], true]);
    expect(await open([theOther])).toEqual([["1.pdf"], [other.docId], true]);
  });

  it("never makes an older version of one that is withheld", async () => {
    const docId = newId(20);
    const [older, newer] = ["older", "newer"].map((name) => ({ docId, name, content: someBytes(5) }));
    if (older === undefined || newer === undefined) throw new Error("two versions");
    const { request } = await aRelease(await anEstate(), { documents: [newer], earlier: [[older]] });
    const documents = request.answers.documents.slice(0, 1);
    const opened = await openReleasedBequest({ ...request, answers: { ...request.answers, documents } });
    expect([opened.documents, opened.damaged, opened.isOlder]).toEqual([[], [docId], false]);
  });
});
