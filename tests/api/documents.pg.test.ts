import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { randomBytes } from "@afterkeep/bytes";
import { partLength, problem } from "@afterkeep/contracts";
import { pgId } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import {
  aManifest,
  anUploadedDocument,
  aSealedDocument,
  commit,
  partHeaders,
  partsOf,
  putPart,
  vault,
} from "../stack/a-document.ts";
import { type Answer, objectPath, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, sealedText } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const download = (owner: Owner, { doc, ver }: { doc: string; ver: string }, range?: string) =>
  owner.stack.api.app.inject({
    method: "GET",
    url: `/v1/documents/${doc}/versions/${ver}/object`,
    headers: { authorization: `Bearer ${owner.token}`, ...(range === undefined ? {} : { range }) },
  });
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64url");
const incoming = (stack: Stack) => readdir(join(stack.zone.objectsDir ?? "", "incoming"));

describe("a sealed object", () => {
  it("arrives in parts in any order, each once, and is given back whole or in part across their borders", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const length = 2 * partLength + 300_000;
      const document = aSealedDocument(length);
      const { doc, ver, object } = document;
      const parts = partsOf(object);
      await owner.ask("beginDocument", { body: document.announced });
      const send = (part: number, bytes = parts[part] ?? object) => putPart(owner, { doc, ver, part, bytes });
      const first = await Promise.all([send(2), send(1)]);
      expect(first.map(({ body }) => body)).toMatchObject([{ object: "" }, { object: "" }]);
      expect((await download(owner, document)).statusCode).toBe(404);
      expect(await owner.ask("listParts", { params: { doc, ver } })).toEqual({
        parts: [1, 2].map((part) => ({ part, sha256: hashOf(parts[part] ?? object) })),
        object: "",
      });
      const digest = hashOf(Buffer.concat(parts.map((part) => Buffer.from(hashOf(part), "base64url"))));
      for (const part of [0, 0, 2]) expect((await send(part)).body).toMatchObject({ object: digest });
      const other = await send(1, randomBytes(partLength));
      expect([other.status, codeOf(other)]).toEqual([409, "part-differs"]);
      const whole = await download(owner, document);
      expect([whole.rawPayload.equals(object), whole.headers.etag]).toEqual([true, `"${digest}"`]);
      const ranges: [string, number, number][] = [
        ["bytes=0-0", 0, 1],
        ["bytes=8388607-8388607", partLength - 1, partLength],
        ["bytes=8388607-8388608", partLength - 1, partLength + 1],
        ["bytes=8388608-8388608", partLength, partLength + 1],
        ["bytes=8000000-16777220", 8_000_000, 16_777_221],
        ["bytes=17077215-", length - 1, length],
        ["bytes=-300001", length - 300_001, length],
        ["bytes=0-99999999", 0, length],
      ];
      for (const [range, start, end] of ranges) {
        const part = await download(owner, document, range);
        expect([range, part.statusCode, part.headers["content-range"]]).toEqual([
          range,
          206,
          `bytes ${start}-${end - 1}/${length}`,
        ]);
        expect([range, part.rawPayload.equals(object.subarray(start, end))]).toEqual([range, true]);
      }
      const outside = await download(owner, document, `bytes=${length}-`);
      expect([outside.statusCode, outside.headers["content-range"]]).toEqual([416, `bytes */${length}`]);
      expect(await incoming(stack)).toEqual([]);
    }));

  it("of another length or digest than announced leaves nothing behind, whether the length was told or not", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = aSealedDocument(5000);
      const { doc, ver } = document;
      await owner.ask("beginDocument", { body: document.announced });
      for (const length of [0, 4999, 5001, 9000]) {
        const bytes = randomBytes(length);
        const told = await putPart(owner, { doc, ver, part: 0, bytes });
        expect([length, told.status, codeOf(told)]).toEqual([length, 400, "object-length-wrong"]);
        const chunked = await stack.api.app.inject({
          method: "PUT",
          url: `/v1/documents/${doc}/versions/${ver}/parts/0`,
          headers: { authorization: `Bearer ${owner.token}`, ...partHeaders(bytes), "transfer-encoding": "chunked" },
          payload: Readable.from([Buffer.from(bytes)]),
        });
        expect([length, chunked.statusCode]).toEqual([length, 400]);
      }
      const damaged = await putPart(
        owner,
        { doc, ver, part: 0, bytes: randomBytes(5000) },
        { headers: partHeaders(document.object) },
      );
      expect([damaged.status, codeOf(damaged)]).toEqual([400, "part-damaged"]);
      for (const part of [1, 2, 16_383]) {
        const beyond = await putPart(owner, { doc, ver, part, bytes: document.object });
        expect([part, beyond.status, codeOf(beyond)]).toEqual([part, 400, "part-outside"]);
      }
      expect(await incoming(stack)).toEqual([]);
      expect(existsSync(objectPath(stack, owner.account, doc, ver))).toBe(false);
      expect((await owner.ask("listParts", { params: { doc, ver } })).parts).toEqual([]);
      expect((await download(owner, document)).statusCode).toBe(404);
    }));

  it("that is announced twice must be the same, and small enough", () =>
    withStack(
      async (stack) => {
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
        expect(codeOf(await begin({ doc: freshId(), objectLen: 50_012_207_048 }))).toBe("");
        expect(codeOf(await begin({ doc: freshId(), objectLen: 56_000_000_001 }))).toBe("object-too-large");
      },
      { limits: { keepFree: { bytes: -1e15, share: 1 } } },
    ));
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

  it("lists more than a page, each version once, even many of one document", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const admin = stack.database.pool("superuser");
      const ids = [pgId(owner.account), pgId(freshId())];
      await admin.query(
        `insert into document select $1, case when n < 203 then $2 else gen_random_uuid() end, gen_random_uuid(), 'pending', 'h', 0, 1, 2, sha256('x'), 0, 0
         from generate_series(1, 205) n`,
        ids,
      );
      await admin.query("insert into document_metadata select tenant, doc, ver, 0, 'm' from document");
      const { rows } = await admin.query<{ doc: string; ver: string }>("select doc, ver from document");
      await admin.end();
      await commit(owner, vault(1), rows);
      const first = await owner.ask("listDocuments");
      expect([first.documents.length, first.more]).toEqual([200, true]);
      const { doc = "", ver = "" } = first.documents.at(-1) ?? {};
      const rest = await owner.ask("listDocuments", { query: { after: doc, afterVer: ver } });
      expect(rest.more).toBe(false);
      const seen = [...first.documents, ...rest.documents].map((row) => row.ver);
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
      const entry = ({ doc, ver }: { doc: string; ver: string }) => ({ doc, ver, rev: 0 });
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
