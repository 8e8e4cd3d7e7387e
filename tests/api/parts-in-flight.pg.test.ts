import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { partLength, problem } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import { aSealedDocument, partHeaders, putPart, type SealedDocument } from "../stack/a-document.ts";
import { listening } from "../stack/a-listening-api.ts";
import { type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";
import { until } from "../stack/until.ts";

const minuteMs = 60_000;
const floorBytes = 65_536;

const incoming = async (stack: Stack) => (await readdir(join(stack.zone.objectsDir ?? "", "incoming"))).length;

async function announced(owner: Owner, parts: number): Promise<SealedDocument> {
  const { doc, ver, ...rest } = aSealedDocument(1000);
  const objectLen = parts * partLength;
  const document = { doc, ver, ...rest, announced: { ...rest.announced, payloadLen: objectLen - 100, objectLen } };
  await owner.ask("beginDocument", { body: document.announced });
  return document;
}

const bytes = Buffer.alloc(partLength, 7);

/** A line on which the head of a part was sent, and nothing of it yet. */
function line(origin: string, owner: Owner, { doc, ver }: SealedDocument, part: number): Socket {
  const head = Object.entries(partHeaders(bytes)).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write(
    `PUT /v1/documents/${doc}/versions/${ver}/parts/${part} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.token}\r\n${head.join("")}content-length: ${partLength}\r\n\r\n`,
  );
  return socket;
}

/** What is answered until the server closes the line, although the part was not sent. */
async function lastWords(socket: Socket): Promise<{ status: number; code: string; head: string }> {
  let text = "";
  socket.on("data", (chunk) => (text += String(chunk)));
  await once(socket, "close");
  const [head = "", body = "{}"] = text.split("\r\n\r\n");
  return { status: Number(head.slice(9, 12)), code: problem.parse(JSON.parse(body)).code, head };
}

describe("parts on their way", () => {
  it("are eight of one account: another is told to wait before a byte of it is read, and its space is spoken for", () =>
    withStack(async (stack) => {
      const origin = await listening(stack);
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      const document = await announced(owner, 9);
      const theirs = await announced(other, 1);
      const { services } = stack.api;
      const lines = Array.from({ length: 8 }, (_, part) => line(origin, owner, document, part));
      await until(async () => (await incoming(stack)) === 8);
      const { status, code, head } = await lastWords(line(origin, owner, document, 8));
      expect([status, code, /^retry-after: (.*)$/im.exec(head)?.[1]]).toEqual([429, "too-many-parts", "2"]);
      expect(await incoming(stack)).toBe(8);
      const { objects } = services;
      services.objects = { ...objects, space: async () => ({ total: 2 ** 40, free: 8 * partLength + 2 ** 20 }) };
      Object.assign(services.limits, { keepFree: { bytes: 0, share: 0 } });
      const send = () => putPart(other, { ...theirs, part: 0, bytes });
      const begin = () =>
        stack.ask({
          method: "POST",
          url: "/v1/documents",
          token: other.token,
          body: aSealedDocument(2 ** 20).announced,
        });
      expect([(await send()).status, (await begin()).status]).toEqual([503, 503]);
      for (const socket of lines) socket.destroy();
      await until(async () => (await incoming(stack)) === 0);
      expect([(await begin()).status, (await send()).status]).toEqual([201, 200]);
      expect((await putPart(owner, { ...document, part: 8, bytes })).status).toBe(200);
    }));

  it("are cut when less than 64 KiB of one come in a minute, with an answer, and go on otherwise", () =>
    withStack(async (stack) => {
      const origin = await listening(stack);
      const owner = await anOwner(stack);
      const document = await announced(owner, 2);
      const { receiving } = stack.api.services;
      const arrived: number[] = [];
      const { objects } = stack.api.services;
      stack.api.services.objects = {
        ...objects,
        stage: (body, length, watch) => objects.stage(body, length, { ...watch, note: (n) => note(watch.note, n) }),
      };
      const note = (pass: (n: number) => void, n: number) => {
        arrived.push(n);
        pass(n);
      };
      const sum = async () => arrived.reduce((all, n) => all + n, 0);
      const [slow, steady] = [line(origin, owner, document, 0), line(origin, owner, document, 1)];
      slow.write(bytes.subarray(0, floorBytes - 1));
      steady.write(bytes.subarray(0, floorBytes));
      await until(async () => (await sum()) === 2 * floorBytes - 1);
      stack.clock.advance(minuteMs - 1);
      receiving.cutSlow();
      stack.clock.advance(1);
      receiving.cutSlow();
      expect(await lastWords(slow)).toMatchObject({ status: 400, code: "upload-broken" });
      await until(async () => (await incoming(stack)) === 1);
      stack.clock.advance(minuteMs - 1);
      receiving.cutSlow();
      steady.write(bytes.subarray(floorBytes));
      const [answer] = await once(steady, "data");
      steady.destroy();
      expect(String(answer)).toMatch(/^HTTP\/1.1 200 /);
      expect((await putPart(owner, { ...document, part: 0, bytes })).status).toBe(200);
    }));
});
