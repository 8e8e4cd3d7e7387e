import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { tidyUp } from "@afterkeep/api";
import { randomBytes } from "@afterkeep/bytes";
import { problem } from "@afterkeep/contracts";
import { pgId } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { aManifest, anUploadedDocument, aSealedDocument, commit, putObject, vault } from "../stack/a-document.ts";
import { type Answer, dayMs, objectPath, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, sealedText } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const download = (owner: Owner, { doc, ver }: { doc: string; ver: string }, range?: string) =>
  owner.stack.api.app.inject({
    method: "GET",
    url: `/v1/documents/${doc}/versions/${ver}/object`,
    headers: { authorization: `Bearer ${owner.token}`, ...(range === undefined ? {} : { range }) },
  });
const incoming = (stack: Stack) => readdir(join(stack.zone.objectsDir ?? "", "incoming"));

describe("a sealed object", () => {
  it("arrives byte for byte, once, and is given back whole or in part", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner, 300_000);
      const again = await putObject(owner, document);
      expect([again.status, again.body]).toMatchObject([200, { length: 300_000 }]);
      const other = await putObject(owner, { ...document, object: randomBytes(300_000) });
      expect([other.status, codeOf(other)]).toEqual([409, "object-exists"]);
      expect((await download(owner, document)).rawPayload.equals(document.object)).toBe(true);
      const parts: [string, number, number][] = [
        ["bytes=0-0", 0, 1],
        ["bytes=1000-1999", 1000, 2000],
        ["bytes=299999-", 299_999, 300_000],
        ["bytes=-5", 299_995, 300_000],
        ["bytes=0-9999999", 0, 300_000],
      ];
      for (const [range, start, end] of parts) {
        const part = await download(owner, document, range);
        expect([range, part.statusCode, part.headers["content-range"]]).toEqual([
          range,
          206,
          `bytes ${start}-${end - 1}/300000`,
        ]);
        expect(part.rawPayload.equals(document.object.subarray(start, end))).toBe(true);
      }
      const outside = await download(owner, document, "bytes=300000-");
      expect([outside.statusCode, outside.headers["content-range"]]).toEqual([416, "bytes */300000"]);
      expect(await incoming(stack)).toEqual([]);
    }));

  it("of another length than announced leaves nothing behind, whether the length was told or not", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = aSealedDocument(5000);
      await owner.ask("beginDocument", { body: document.announced });
      for (const length of [0, 4999, 5001, 9000]) {
        const told = await putObject(owner, { ...document, object: randomBytes(length) });
        expect([length, told.status, codeOf(told)]).toEqual([length, 400, "object-length-wrong"]);
        const chunked = await stack.api.app.inject({
          method: "PUT",
          url: `/v1/documents/${document.doc}/versions/${document.ver}/object`,
          headers: {
            authorization: `Bearer ${owner.token}`,
            "content-type": "application/octet-stream",
            "transfer-encoding": "chunked",
          },
          payload: Readable.from([Buffer.from(randomBytes(length))]),
        });
        expect([length, chunked.statusCode]).toEqual([length, 400]);
      }
      expect(await incoming(stack)).toEqual([]);
      expect(existsSync(objectPath(stack, owner.account, document.doc, document.ver))).toBe(false);
      const missing = await download(owner, document);
      expect(missing.statusCode).toBe(404);
    }));

  it("that is announced twice must be the same, and small enough", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { announced } = aSealedDocument();
      await owner.ask("beginDocument", { body: announced });
      await owner.ask("beginDocument", { body: announced });
      const begin = (over: object) =>
        stack.ask({ method: "POST", url: "/v1/documents", body: { ...announced, ...over }, token: owner.token });
      for (const over of [
        { header: sealedText(200) },
        { metadata: sealedText(300) },
        { payloadLen: 1 },
        { objectLen: 6000 },
      ])
        expect(codeOf(await begin(over))).toBe("document-exists");
      expect(codeOf(await begin({ doc: freshId(), payloadLen: 5000, objectLen: 4999 }))).toBe("object-length-wrong");
      expect(codeOf(await begin({ doc: freshId(), objectLen: 1_342_177_281 }))).toBe("object-too-large");
    }));

  it("that nobody committed is gone after a day of real time, however fast a demo's goes, a committed one stays", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [kept, left] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      await commit(owner, vault(1), [kept]);
      const path = objectPath(stack, owner.account, left.doc, left.ver);
      stack.passProduct(400 * dayMs);
      stack.clock.advance(dayMs);
      await tidyUp(stack.api.services);
      expect([existsSync(path), (await download(owner, left)).statusCode]).toEqual([true, 200]);
      stack.clock.advance(1);
      await tidyUp(stack.api.services);
      expect([existsSync(path), (await download(owner, left)).statusCode]).toEqual([false, 404]);
      expect((await download(owner, kept)).statusCode).toBe(200);
    }));
});

describe("a bequest's manifests", () => {
  it("are told apart by generation, and an arming that broke off pushes none of another out", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const b = freshId();
      await owner.ask("createBequest", { body: { b, label: sealedText() } });
      const document = await anUploadedDocument(owner);
      await commit(owner, vault(1), [document]);
      for (let mseq = 1; mseq <= 2; mseq++) await commit(owner, { b, g: 1, mseq }, [document]);
      for (let mseq = 1; mseq <= 17; mseq++) await commit(owner, { b, g: 2, mseq }, [document]);
      await commit(owner, { b, g: 1, mseq: 3 }, [document]);
      const of = (query?: { g: string }) => owner.ask("getManifest", { params: { b }, ...(query ? { query } : {}) });
      expect([await of({ g: "1" }), await of({ g: "2" }), await of()]).toMatchObject([
        { g: 1, mseq: 3 },
        { g: 2, mseq: 17 },
        { g: 2, mseq: 17 },
      ]);
      await expect(of({ g: "3" })).rejects.toThrow("manifest-unknown");
      expect((await stack.rowCounts())["manifest"]).toBe(1 + 3 + 16);
    }));
});

describe("the vault", () => {
  it("shows a document once a manifest that names it was receipted, and no more when a newer one does not", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, two] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      const listed = async () => (await owner.ask("listDocuments")).documents.map(({ doc }) => doc).sort();
      expect(await listed()).toEqual([]);
      await commit(owner, vault(1), [one]);
      expect(await listed()).toEqual([one.doc]);
      await commit(owner, vault(2), [one, two]);
      expect(await listed()).toEqual([one.doc, two.doc].sort());
      await commit(owner, vault(3), [two]);
      expect(await listed()).toEqual([two.doc]);
      expect(await owner.ask("getManifest", { params: { b: zeroId } })).toMatchObject({ mseq: 3, g: 0 });
      expect((await owner.ask("listStatements")).statements).toHaveLength(4);
    }));

  it("lists more than a page, each document once", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const admin = stack.database.pool("superuser");
      await admin.query(
        `insert into document select $1, gen_random_uuid(), gen_random_uuid(), 'committed', 'h', 0, 'm', 1, 2, sha256('x'), 0, 0 from generate_series(1, 205)`,
        [pgId(owner.account)],
      );
      await admin.end();
      const first = await owner.ask("listDocuments");
      expect([first.documents.length, first.more]).toEqual([200, true]);
      const last = first.documents.at(-1)?.doc ?? "";
      const rest = await stack.ask({ method: "GET", url: `/v1/documents?after=${last}`, token: owner.token });
      expect(rest.body).toMatchObject({ more: false });
      const seen = [...first.documents, ...(rest.body as typeof first).documents].map(({ doc }) => doc);
      expect([seen.length, new Set(seen).size]).toEqual([205, 205]);
    }));

  it("refuses a manifest of missing, repeated or foreign documents, or of another body, before the keyholder hears of it", () =>
    withStack(async (stack) => {
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      const document = await anUploadedDocument(owner);
      const foreign = await anUploadedDocument(other);
      const announcedOnly = aSealedDocument();
      await owner.ask("beginDocument", { body: announcedOnly.announced });
      const good = await aManifest(owner, vault(1), [document]);
      const send = async (over: object) =>
        codeOf(
          await stack.ask({ method: "POST", url: "/v1/manifests", body: { ...good, ...over }, token: owner.token }),
        );
      const entry = ({ doc, ver }: { doc: string; ver: string }) => ({ doc, ver });
      expect(await send({ entries: [entry(document), entry(document)] })).toBe("entries-repeated");
      for (const missing of [foreign, announcedOnly, aSealedDocument()])
        expect(await send({ entries: [entry(missing)] })).toBe("documents-not-ready");
      expect(await send({ body: sealedText(400) })).toBe("manifest-mismatch");
      for (const over of [{ mseq: 2 }, { g: 1 }, { b: freshId() }]) expect(await send(over)).toBe("manifest-mismatch");
      expect((await owner.challenge("control")).head).toEqual(owner.head);
      expect(await send({})).toBe("");
    }));

  it("keeps a bequest's manifest to documents that are committed, and to bequests that exist", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      const b = freshId();
      const send = async () =>
        codeOf(
          await stack.ask({
            method: "POST",
            url: "/v1/manifests",
            body: await aManifest(owner, { b, g: 1, mseq: 1 }, [document]),
            token: owner.token,
          }),
        );
      expect(await send()).toBe("bequest-unknown");
      await owner.ask("createBequest", { body: { b, label: sealedText() } });
      expect(await send()).toBe("documents-not-ready");
      await commit(owner, vault(1), [document]);
      expect(await send()).toBe("");
    }));

  it("changes a header only from the revision that the device knew", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { doc, ver } = await anUploadedDocument(owner);
      const put = (expectedRev: number) =>
        stack.ask({
          method: "PUT",
          url: `/v1/documents/${doc}/versions/${ver}/header`,
          body: { header: sealedText(200), expectedRev },
          token: owner.token,
        });
      const both = await Promise.all([put(0), put(0)]);
      expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
      expect((await put(1)).body).toEqual({ headerRev: 2 });
      expect(codeOf(await put(1))).toBe("header-changed");
    }));
});
