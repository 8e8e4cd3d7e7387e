import { parseId, randomBytes } from "@afterkeep/bytes";
import { readAll, RefusedError } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, itemOf, message, openHousehold, planBequest, restarted } from "./a-household.ts";

let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function codeOfRefusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  return error instanceof RefusedError ? error.code : String(error);
}

async function download(household: Household): Promise<Uint8Array> {
  const { doc } = household.documents[0] ?? { doc: "" };
  return readAll((await household.owner.afterkeep.openDocument(doc)).stream);
}

function flip(text: string): string {
  const bytes = Buffer.from(text, "base64url");
  bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
  return bytes.toString("base64url");
}

describe("an owner's own vault on a hostile server", () => {
  it("opens when nothing was changed", async () => {
    expect(Buffer.compare(await download(household), household.content)).toBe(0);
  });

  it.each(["header", "metadata"] as const)("is refused with another %s", async (field) => {
    household.server.change("listDocuments", (answer) => ({
      ...answer,
      documents: answer.documents.map((row) => ({ ...row, [field]: flip(row[field]) })),
    }));
    expect(await codeOfRefusal(household.owner.afterkeep.listDocuments())).toBe("document-forged");
  });

  it("leaves as an age file without the whole list being read for each, where it was listed before", async () => {
    const { documents } = await household.owner.afterkeep.listVault();
    household.server.called.length = 0;
    for (const { doc, ver, name } of documents) {
      const { stream, length, fileName } = await household.owner.afterkeep.exportAge(doc, { ver, kind: "x25519" });
      expect([fileName, (await readAll(stream)).length]).toEqual([`${name}.age`, length]);
    }
    expect([documents.length > 1, new Set(household.server.called)]).toEqual([true, new Set(["getObject"])]);
  });

  it("is refused when two documents trade places, or one is withheld", async () => {
    household.server.change("listDocuments", (answer) => {
      const [one, two] = answer.documents;
      if (one === undefined || two === undefined) throw new Error("two documents are needed");
      const { header, metadata } = two;
      return {
        ...answer,
        documents: [
          { ...one, header, metadata },
          { ...two, header: one.header, metadata: one.metadata },
        ],
      };
    });
    expect(await codeOfRefusal(household.owner.afterkeep.listDocuments())).toBe("document-forged");
    household.server.change("listDocuments", (answer) => ({ ...answer, documents: answer.documents.slice(1) }));
    expect(await codeOfRefusal(household.owner.afterkeep.listDocuments())).toBe("document-forged");
  });

  it("shows what verifies and names the rest, signs nothing that would drop it, and arms nothing with it", async () => {
    const { owner, documents } = household;
    const { b } = await planBequest(household);
    const bad = documents[0]?.doc ?? "";
    household.server.change("listDocuments", (answer) => ({
      ...answer,
      documents: answer.documents.map((row) => (row.doc === bad ? { ...row, header: flip(row.header) } : row)),
    }));
    const list = await owner.afterkeep.listVault();
    expect([list.damaged, list.documents.map(({ name }) => name)]).toEqual([[bad], ["note"]]);
    expect(await codeOfRefusal(download(household))).toBe("document-forged");
    expect(await codeOfRefusal(owner.afterkeep.previewArming(b))).toBe("document-forged");
    expect(await codeOfRefusal(owner.afterkeep.arm(b))).toBe("document-forged");
    expect((await owner.afterkeep.seal([itemOf("beside", new Uint8Array(5))])).map(({ name }) => name)).toEqual([
      "beside",
    ]);
    household.server.honest();
    const names = (await owner.afterkeep.listDocuments()).map(({ name }) => name);
    expect(names.sort()).toEqual(["beside", "note", "will.pdf"]);
  });

  it("opens by the header that its owner confirmed last where a stolen session wrote another, and confirms none that it only read", async () => {
    const { owner, documents, server } = household;
    const bad = documents[0]?.doc ?? "";
    server.change("listDocuments", (answer) => ({
      ...answer,
      documents: answer.documents.map((row) =>
        row.doc === bad ? { ...row, header: flip(row.header), confirmedHeader: row.header } : row,
      ),
    }));
    expect((await owner.afterkeep.listDocuments()).some(({ doc }) => doc === bad)).toBe(true);
    expect(Buffer.compare(await download(household), household.content)).toBe(0);
    await owner.afterkeep.changeDocuments([{ doc: documents[1]?.doc ?? "", folder: "Notes" }]);
    const entries = server.sent("commitManifest")[0]?.entries ?? [];
    expect([entries.length > 1, entries.some(({ headerRev }) => headerRev !== undefined)]).toEqual([true, false]);
  });

  it("does not show a document that the owner never signed for", async () => {
    const before = await household.owner.afterkeep.listDocuments();
    household.server.change("listDocuments", (answer) => {
      const row = answer.documents[0];
      return row === undefined
        ? answer
        : { ...answer, documents: [...answer.documents, { ...row, doc: `${row.doc.slice(0, 20)}Ag` }] };
    });
    expect(await household.owner.afterkeep.listDocuments()).toEqual(before);
  });

  it("is refused with an older list than the newest signed one", async () => {
    await household.owner.afterkeep.listDocuments();
    const old = household.server.last("getManifest");
    await household.owner.afterkeep.seal([itemOf("later.pdf", randomBytes(50))]);
    household.server.change("getManifest", () => old);
    expect(await codeOfRefusal(household.owner.afterkeep.listDocuments())).toBe("manifest-older");
    expect(await codeOfRefusal(restarted(household, household.owner).listDocuments())).toBe("manifest-older");
    household.server.change("getManifest", (answer) => ({ ...answer, body: flip(answer.body) }));
    expect(await codeOfRefusal(household.owner.afterkeep.listDocuments())).toBe("manifest-older");
  });

  it.each([
    ["changed", (bytes: Uint8Array) => bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
    ["cut", (bytes: Uint8Array) => bytes.slice(0, -20)],
    ["empty", () => new Uint8Array()],
    ["longer", (bytes: Uint8Array) => new Uint8Array([...bytes, 0])],
    ["another's", (bytes: Uint8Array) => randomBytes(bytes.length)],
  ])("gives no file when the stored bytes are %s", async (_how, change) => {
    household.server.changeBytes(change);
    expect(await codeOfRefusal(download(household))).toBe("document-forged");
  });
});

describe("a release on a hostile server", () => {
  const newerMessage = `${message} And the garden.`;
  let b: string;
  beforeAll(async () => {
    b = await armBequest(household);
    const { owner } = household;
    const { draft } = await owner.afterkeep.getBequest(b);
    const documents = household.documents.map(({ doc }) => parseId(doc));
    await owner.afterkeep.updateBequest(b, { ...draft, documents, message: newerMessage });
    await household.stack.silence(55 * 86_400_000);
  });

  const open = () => household.recipient.afterkeep.openRelease(b);

  it.each(["outer", "path", "grant"] as const)("is not opened with a changed %s", async (field) => {
    household.server.change("grant", (answer) => ({ ...answer, [field]: flip(answer[field]) }));
    expect(await codeOfRefusal(open())).toBe("release-mismatch");
  });

  it("is not opened on a decision that the keyholder did not sign", async () => {
    household.server.change("grant", (answer) => ({ ...answer, release: `${answer.release.slice(0, -8)}AAAAAAAA` }));
    expect(await codeOfRefusal(open())).toBe("release-mismatch");
  });

  it("does not prove the recipient's key to a challenge of the server's own", async () => {
    household.server.honest();
    household.server.change("prove", (answer) => ({ ...answer, challenge: flip(answer.challenge) }));
    expect(await codeOfRefusal(open())).toBe("release-mismatch");
    expect(household.server.called).not.toContain("grant");
  });

  it("is not opened without its list, or with a list that the owner did not sign", async () => {
    household.server.change("getBundle", (answer) => ({
      ...answer,
      manifests: answer.manifests.map((one) => ({ ...one, body: flip(one.body) })),
    }));
    expect(await codeOfRefusal(open())).toBe("manifest-missing");
  });

  type Row = { readonly header: string; readonly metadata: string };
  const damages: [string, (row: Row) => readonly object[]][] = [
    ["header", (row) => [{ ...row, header: flip(row.header) }]],
    ["metadata", (row) => [{ ...row, metadata: flip(row.metadata) }]],
    ["row", () => []],
  ];
  it.each(damages)(
    "opens what verifies, and names the document whose %s was changed or withheld",
    async (_what, damage) => {
      const bad = household.documents[0]?.doc ?? "";
      household.server.change("getBundle", (answer) => ({
        ...answer,
        documents: answer.documents.flatMap((row) => (row.doc === bad ? damage(row) : [row])),
      }));
      const release = await open();
      expect([release.message, release.missing]).toEqual([newerMessage, [{ doc: bad }]]);
      expect(release.documents.map(({ name }) => name)).toEqual(["note"]);
      expect(await codeOfRefusal(release.download(bad))).toBe("not-found");
    },
  );

  it("is opened by the headers that its owner confirmed last where a stolen session wrote others", async () => {
    household.server.change("getBundle", (answer) => ({
      ...answer,
      documents: answer.documents.map((row) => ({ ...row, header: flip(row.header), confirmedHeader: row.header })),
    }));
    const release = await open();
    expect([release.missing, release.documents.length]).toEqual([[], 2]);
    const { stream } = await release.download(household.documents[0]?.doc ?? "");
    expect(Buffer.compare(await readAll(stream), household.content)).toBe(0);
  });

  it("may be opened by an older list that the owner signed, and says so", async () => {
    household.server.change("getBundle", (answer) => ({
      ...answer,
      manifests: answer.manifests.filter(({ mseq }) => mseq === 1),
    }));
    const release = await open();
    expect([release.older, release.message]).toEqual([true, message]);
  });

  it("is not opened under a shortened or foreign chain", async () => {
    household.server.change("getBundle", (answer) => ({ ...answer, chain: answer.chain.slice(0, -1) }));
    expect(await codeOfRefusal(open())).toBe("chain-invalid");
    household.server.change("getRecipientView", (answer) => ({ ...answer, chain: answer.chain.slice(0, 1) }));
    expect(await household.recipient.afterkeep.recipientView()).toMatchObject({ isChainOlder: true });
    expect(await codeOfRefusal(open())).toBe("chain-invalid");
    household.server.change("getRecipientView", (answer) => ({ ...answer, chain: answer.chain.slice(1) }));
    expect(await codeOfRefusal(household.recipient.afterkeep.listReleases())).toBe("chain-invalid");
  });

  it("gives no file when the stored bytes were changed", async () => {
    const release = await open();
    household.server.changeBytes((bytes) => bytes.map((byte, i) => (i === 99 ? byte ^ 1 : byte)));
    const { stream } = await release.download(household.documents[0]?.doc ?? "");
    expect(await codeOfRefusal(readAll(stream))).toBe("document-forged");
  });

  it("opens to the owner's words and the same bytes when nothing was changed", async () => {
    const release = await open();
    const { message, older, missing, documents } = release;
    expect([message, older, missing, documents.length]).toEqual([newerMessage, false, [], 2]);
    const { stream } = await release.download(household.documents[0]?.doc ?? "");
    expect(Buffer.compare(await readAll(stream), household.content)).toBe(0);
  });
});
