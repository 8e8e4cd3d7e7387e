import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { leanFetch } from "./lean-fetch.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => void;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server on loopback that does what it is told to, and the sockets that reached it. */
async function aServer(handle: Handle): Promise<{ url: string; sockets: Set<Socket> }> {
  const server = createServer(handle);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/part`, sockets };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const someBytes = (length: number) => new Uint8Array(randomBytes(length));

describe("a fetch that sends bytes as they lie in memory", () => {
  it("sends exactly these bytes and headers, and gives the answer with its status and headers", async () => {
    const { url } = await aServer(async (request, response) => {
      const bytes = await bytesOf(request);
      response.writeHead(201, { "x-answer": "yes", "content-type": "application/json" });
      const { method, headers } = request;
      response.end(JSON.stringify([method, headers["content-length"], headers["x-asked"], hashOf(bytes)]));
    });
    const room = someBytes(8 * 2 ** 20 + 7);
    const view = room.subarray(5, room.length - 1);
    const answer = await leanFetch(url, { method: "PUT", headers: { "x-asked": "this" }, body: view });
    expect([answer.status, answer.ok, answer.headers.get("x-answer")]).toEqual([201, true, "yes"]);
    expect(await answer.json()).toEqual(["PUT", String(view.length), "this", hashOf(view)]);
  });

  it("gives the answer of a server that does not want the rest, and reads the bytes no more then", async () => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const { url } = await aServer((request, response) => {
      asked.resolve(request);
      // Why not ended: Node's server would throw away by itself what is left of the request.
      response.writeHead(413, { "content-length": "9" });
      response.write("too large");
    });
    const room = new Uint8Array(32 * 2 ** 20).fill(1);
    const answer = await leanFetch(url, { method: "PUT", body: room });
    expect([answer.status, await answer.text()]).toEqual([413, "too large"]);
    room.fill(255);
    const heard = new Set<number>();
    const reading = (async () => {
      for await (const part of await asked.promise) for (const byte of new Set<number>(part)) heard.add(byte);
    })();
    await expect(reading).rejects.toThrow("aborted");
    expect([...heard]).toEqual([1]);
  });

  it("has sent what was there when it began, whatever is written over it once it has settled", async () => {
    const heard: string[] = [];
    const { url } = await aServer(async (request, response) => {
      heard.push(hashOf(await bytesOf(request)));
      response.end();
    });
    const room = new Uint8Array(2 ** 20);
    const expected: string[] = [];
    for (let fill = 1; fill <= 5; fill++) {
      expected.push(hashOf(room.fill(fill)));
      await leanFetch(url, { method: "PUT", body: room });
    }
    expect(heard).toEqual(expected);
  });

  it("ends with the reason of its signal, before it began and in the middle, and lets go of the connection", async () => {
    const begun = Promise.withResolvers<IncomingMessage>();
    const { url, sockets } = await aServer((request) => {
      begun.resolve(request);
    });
    const early = AbortSignal.abort(new Error("not now"));
    await expect(leanFetch(url, { method: "PUT", body: someBytes(10), signal: early })).rejects.toThrow("not now");
    expect(sockets.size).toBe(0);
    const stopping = new AbortController();
    const sent = leanFetch(url, { method: "PUT", body: someBytes(32 * 2 ** 20), signal: stopping.signal });
    const request = await begun.promise;
    stopping.abort(new Error("enough"));
    await expect(sent).rejects.toThrow("enough");
    await expect(bytesOf(request)).rejects.toThrow("aborted");
  });

  it.each<[string, Handle]>([
    ["closes the connection without an answer", (request) => void request.socket.destroy()],
    [
      "breaks off its answer",
      (request, response) => {
        request.resume();
        response.writeHead(200, { "content-length": "100" });
        response.write("half", () => void request.socket.destroy());
      },
    ],
    [
      "would go on in another protocol",
      (request) => {
        request.resume();
        request.socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
      },
    ],
    [
      "leads elsewhere",
      (request, response) => {
        request.resume();
        response.writeHead(307, { location: "http://127.0.0.1:9/" });
        response.end();
      },
    ],
  ])("rejects where the server %s, and keeps no connection to it", async (_what, handle) => {
    const { url, sockets } = await aServer(handle);
    await expect(leanFetch(url, { method: "PUT", body: someBytes(2 ** 20) })).rejects.toThrow(Error);
    for (const socket of sockets) if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  });

  it("rejects where nobody listens", async () => {
    const { url } = await aServer(() => undefined);
    await ends.pop()?.();
    await expect(leanFetch(url, { method: "PUT", body: someBytes(10) })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  it("rejects where a connection does not come about in ten seconds", async () => {
    // Accepts, and never says a word of TLS.
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const reached = new Promise((resolve) => server.once("connection", resolve));
      const { port } = server.address() as AddressInfo;
      const sent = leanFetch(`https://127.0.0.1:${port}/`, { method: "PUT", body: someBytes(10) });
      const refused = expect(sent).rejects.toThrow("ten seconds");
      await reached;
      vi.advanceTimersByTime(10_000);
      await refused;
    } finally {
      vi.useRealTimers();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
