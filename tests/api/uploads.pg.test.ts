import { existsSync } from "node:fs";
import { readdir, stat, utimes } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { sweepOrphans } from "@afterkeep/api";
import { randomBytes } from "@afterkeep/bytes";
import { partLength, problem } from "@afterkeep/contracts";
import { pgId } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import {
  anUploadedDocument,
  aSealedDocument,
  commit,
  partHeaders,
  partsOf,
  putPart,
  type SealedDocument,
  vault,
} from "../stack/a-document.ts";
import { listening, openObjectFiles } from "../stack/a-listening-api.ts";
import { dayMs, objectPath, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";
import { until } from "../stack/until.ts";

type Sent = { status: number; code: string; body: unknown };
type Place = Pick<SealedDocument, "doc" | "ver">;

const objectUrl = (origin: string, { doc, ver }: Place) => `${origin}/v1/documents/${doc}/versions/${ver}/object`;
/** The waits of this test's own database: others run on the same server. */
const lockWaits = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
const placeOf = ({ doc, ver }: Place) => ({ doc, ver });
const incoming = (stack: Stack) => readdir(join(stack.zone.objectsDir ?? "", "incoming"));
const partPath = (stack: Stack, owner: Owner, { doc, ver }: Place, part: number) =>
  join(objectPath(stack, owner.account, doc, ver), String(part).padStart(5, "0"));

/** Sends a part over the wire as whoever holds `owner`'s session. */
async function send(origin: string, owner: Owner, place: Place, part: number, bytes: Uint8Array): Promise<Sent> {
  const response = await fetch(`${origin}/v1/documents/${place.doc}/versions/${place.ver}/parts/${part}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${owner.token}`, ...partHeaders(bytes) },
    body: Buffer.from(bytes),
  });
  const body: unknown = await response.json();
  return { status: response.status, code: problem.safeParse(body).data?.code ?? "", body };
}

async function download(origin: string, owner: Owner, place: Place, range?: string) {
  const headers = { authorization: `Bearer ${owner.token}`, ...(range === undefined ? {} : { range }) };
  const response = await fetch(objectUrl(origin, place), { headers });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function announced(owner: Owner, length: number): Promise<SealedDocument> {
  const document = aSealedDocument(length);
  await owner.ask("beginDocument", { body: document.announced });
  return document;
}

describe("a part", () => {
  it("of which several contents come at once is one of them, whole, and the others are told so", () =>
    withStack(async (stack) => {
      const origin = await listening(stack);
      const owner = await anOwner(stack);
      const document = await announced(owner, 2 * partLength);
      const [, second] = partsOf(document.object);
      await send(origin, owner, document, 1, second ?? document.object);
      const admin = stack.database.pool("superuser");
      // A database that takes its time, so that they do meet.
      await admin.query(`create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.1); return new; end $$;
        create trigger dawdle before insert on document_part for each row execute function dawdle()`);
      await admin.end();
      const contents = Array.from({ length: 5 }, () => randomBytes(partLength));
      const sent = await Promise.all(contents.map((bytes) => send(origin, owner, document, 0, bytes)));
      expect(sent.map(({ status, code }) => `${status} ${code}`).sort()).toEqual([
        "200 ",
        ...Array<string>(4).fill("409 part-differs"),
      ]);
      const winner = contents[sent.findIndex(({ status }) => status === 200)] ?? new Uint8Array();
      const { bytes } = await download(origin, owner, document);
      expect(bytes.equals(Buffer.concat([winner, second ?? new Uint8Array()]))).toBe(true);
      expect(await incoming(stack)).toEqual([]);
    }));

  it("takes no other's place: swapped, moved to another version or sent by another owner it stays what it was", () =>
    withStack(async (stack) => {
      const [owner, thief] = [await anOwner(stack), await anOwner(stack)];
      const origin = await listening(stack);
      const document = await announced(owner, 2 * partLength);
      const [one = document.object, two = document.object] = partsOf(document.object);
      await send(origin, owner, document, 0, one);
      expect(await send(origin, owner, document, 0, two)).toMatchObject({ status: 409, code: "part-differs" });
      expect(await send(origin, thief, document, 1, two)).toMatchObject({ status: 404, code: "document-unknown" });
      // The same ids in the thief's own account are another version, and their bytes lie elsewhere.
      await thief.ask("beginDocument", { body: document.announced });
      const theirs = randomBytes(partLength);
      expect((await send(origin, thief, document, 0, theirs)).status).toBe(200);
      expect((await send(origin, thief, document, 1, theirs)).status).toBe(200);
      await send(origin, owner, document, 1, two);
      expect((await download(origin, owner, document)).bytes.equals(document.object)).toBe(true);
      expect((await download(origin, thief, document)).bytes.equals(Buffer.concat([theirs, theirs]))).toBe(true);
    }));

  it("whose line breaks, or whose row could not be written, is nothing yet, and its next coming heals it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const origin = await listening(stack);
      const document = await announced(owner, partLength);
      const listed = async () => (await owner.ask("listParts", { params: placeOf(document) })).parts;
      const socket = connect(Number(new URL(origin).port), "127.0.0.1");
      const head = Object.entries(partHeaders(document.object)).map(([name, value]) => `${name}: ${value}\r\n`);
      const { pathname } = new URL(objectUrl(origin, document).replace("/object", "/parts/0"));
      socket.write(
        `PUT ${pathname} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.token}\r\n${head.join("")}content-length: ${partLength}\r\n\r\n`,
      );
      socket.write(document.object.subarray(0, partLength / 2));
      await until(async () => (await incoming(stack)).length === 1);
      socket.destroy();
      await until(async () => (await incoming(stack)).length === 0);
      expect([await listed(), existsSync(partPath(stack, owner, document, 0))]).toEqual([[], false]);

      const admin = stack.database.pool("superuser");
      await admin.query(`create function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
        create trigger fail before insert on document_part for each row execute function fail()`);
      expect((await send(origin, owner, document, 0, randomBytes(partLength))).status).toBe(500);
      // What a crash between the two leaves: the bytes without their row.
      expect([await listed(), existsSync(partPath(stack, owner, document, 0))]).toEqual([[], true]);
      expect((await download(origin, owner, document)).status).toBe(404);
      await admin.query("drop trigger fail on document_part");
      await admin.end();
      expect((await send(origin, owner, document, 0, document.object)).status).toBe(200);
      expect((await download(origin, owner, document)).bytes.equals(document.object)).toBe(true);
    }));
});

describe("an upload that is given up", () => {
  it("is gone with its bytes, can begin again, and takes nothing of what was committed or is another's", () =>
    withStack(async (stack) => {
      const [owner, thief] = [await anOwner(stack), await anOwner(stack)];
      const kept = await anUploadedDocument(owner);
      await commit(owner, vault(1), [kept]);
      const left = await announced(owner, 2 * partLength);
      const [first = left.object] = partsOf(left.object);
      await putPart(owner, { ...left, part: 0, bytes: first });
      const discard = (who: Owner, { doc, ver }: Place) =>
        stack.ask({ method: "DELETE", url: `/v1/documents/${doc}/versions/${ver}`, token: who.token });
      for (const one of [left, kept]) expect((await discard(thief, one)).status).toBe(200);
      expect((await owner.ask("listParts", { params: placeOf(left) })).parts).toHaveLength(1);
      const refused = await discard(owner, kept);
      expect([refused.status, problem.parse(refused.body).code]).toEqual([409, "document-committed"]);
      for (let i = 0; i < 2; i++) expect((await discard(owner, left)).status).toBe(200);
      expect(existsSync(objectPath(stack, owner.account, left.doc, left.ver))).toBe(false);
      expect((await putPart(owner, { ...left, part: 0, bytes: first })).status).toBe(404);
      await owner.ask("beginDocument", { body: left.announced });
      expect((await owner.ask("listParts", { params: placeOf(left) })).parts).toEqual([]);
      expect((await putPart(owner, { ...left, part: 0, bytes: randomBytes(partLength) })).status).toBe(200);
      expect((await owner.ask("listDocuments")).documents.map(({ doc }) => doc)).toEqual([kept.doc]);
    }));

  it("and begun again while what a crash left of it is removed keeps what belongs to the new beginning", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await announced(owner, 5000);
      const { doc, ver, object } = document;
      await putPart(owner, { doc, ver, part: 0, bytes: object });
      const admin = stack.database.pool("superuser");
      // What a crash between the row's end and its bytes' leaves, a month ago.
      await admin.query("delete from document where doc = $1", [pgId(doc)]);
      const longAgo = (stack.clock.nowMs() - 31 * dayMs) / 1000;
      await utimes(objectPath(stack, owner.account, doc, ver), longAgo, longAgo);
      const holder = await admin.connect();
      const waiting = async (wanted: number) => (await admin.query(lockWaits)).rows.length === wanted;
      await holder.query("begin");
      await holder.query("select from account for update");
      // Both wait before the lock is free: then the first goes on first.
      const begun = owner.ask("beginDocument", { body: document.announced });
      await until(() => waiting(1));
      const swept = sweepOrphans(stack.api.services);
      await until(() => waiting(2));
      await holder.query("rollback");
      holder.release();
      await Promise.all([begun, swept]);
      await admin.end();
      expect((await owner.ask("listParts", { params: { doc, ver } })).parts).toEqual([]);
      expect(existsSync(partPath(stack, owner, document, 0))).toBe(true);
      const other = randomBytes(5000);
      expect((await putPart(owner, { doc, ver, part: 0, bytes: other })).status).toBe(200);
      const { rawPayload } = await stack.api.app.inject({
        url: `/v1/documents/${doc}/versions/${ver}/object`,
        headers: { authorization: `Bearer ${owner.token}` },
      });
      expect(rawPayload.equals(other)).toBe(true);
    }));
});

describe("a download", () => {
  it("goes at its reader's pace, and closes its files when the reader is gone", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner, 6 * partLength);
      const origin = await listening(stack);
      const { pathname, port } = new URL(objectUrl(origin, document));
      const socket = connect(Number(port), "127.0.0.1").pause();
      socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.token}\r\n\r\n`);
      await until(async () => (await openObjectFiles(stack)).length === 1);
      // As many turns at the disk as reading all of it would take, four times over.
      for (let turn = 0; turn < 3000; turn++) await stat(stack.zone.objectsDir ?? "");
      const [reading] = await openObjectFiles(stack);
      // The sockets hold some megabytes between them; the rest waits on the disk.
      expect(Number(reading?.slice(-5))).toBeLessThan(5);
      expect(await openObjectFiles(stack)).toHaveLength(1);
      socket.destroy();
      await until(async () => (await openObjectFiles(stack)).length === 0);
    }));

  it("answers every odd wish for a range with the whole, a part or a refusal, never with other bytes", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const length = partLength + 10;
      const document = await anUploadedDocument(owner, length);
      const origin = await listening(stack);
      const whole = ["bytes=5-2", "bytes=0-1,5-6", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=1e1-20", "bytes= 0-1"];
      for (const range of whole) {
        const { status, bytes } = await download(origin, owner, document, range);
        expect([range, status, bytes.equals(document.object)]).toEqual([range, 200, true]);
      }
      for (const range of [`bytes=${length}-`, "bytes=999999999999999-", "bytes=-0"]) {
        const { status, headers } = await download(origin, owner, document, range);
        expect([range, status, headers.get("content-range")]).toEqual([range, 416, `bytes */${length}`]);
      }
      const cut = await download(origin, owner, document, `bytes=${partLength - 5}-999999999999999`);
      expect([cut.status, cut.bytes.equals(document.object.subarray(partLength - 5))]).toEqual([206, true]);
    }));
});
