import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";

/** One part of a sealed object as it left the client, whole or broken off. */
export type SentPart = { readonly ver: string; readonly part: number; readonly file: string };

/** Sits between clients and the real api, lets everything through as it comes, and keeps every byte of every part. */
export type WireTap = {
  readonly url: string;
  readonly parts: readonly SentPart[];
  /** Requests so far, as `POST /v1/documents`, oldest first. */
  readonly asked: readonly string[];
  /** Bytes of the bodies of all requests so far. */
  sentBytes(): number;
  /** Lets `count` more parts begin; resolves when a later one stands before the api, of which not a byte is passed on until `letGo`. */
  holdAfter(count: number): Promise<void>;
  letGo(): void;
  /** Lets go of what is held and holds again after `count` more. */
  letGoUntil(count: number): Promise<void>;
  close(): Promise<void>;
};

type Gate = { left: number; reached: () => void; open: Promise<void>; letGo: () => void };

/** Room for a whole part while it is held. */
const longestPart = 16 * 2 ** 20;
const partPath = /^\/v1\/documents\/[^/]+\/versions\/([^/]+)\/parts\/(\d+)$/;

/** @param folder where the parts are kept */
export async function aWireTap(realUrl: string, folder: string): Promise<WireTap> {
  await mkdir(folder, { recursive: true });
  const parts: SentPart[] = [];
  const asked: string[] = [];
  let sent = 0;
  let gate: Gate | null = null;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const body = incoming.pipe(new PassThrough({ highWaterMark: longestPart }));
    body.pause();
    incoming.on("data", (chunk: Buffer) => (sent += chunk.length));
    const [, ver, part] = (incoming.method === "PUT" && partPath.exec(incoming.url ?? "")) || [];
    if (ver !== undefined) {
      const file = join(folder, String(parts.length));
      parts.push({ ver, part: Number(part), file });
      incoming.pipe(createWriteStream(file));
      if (gate !== null && gate.left-- <= 0) {
        gate.reached();
        await gate.open;
      }
    }
    forward(incoming, body, outgoing, realUrl);
  };
  const letGo = (): void => {
    gate?.letGo();
    gate = null;
  };
  const holdAfter = (count: number): Promise<void> =>
    new Promise((reached) => {
      const { promise: open, resolve } = Promise.withResolvers<void>();
      gate = { left: count, reached, open, letGo: resolve };
    });
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parts,
    asked,
    sentBytes: () => sent,
    holdAfter,
    letGo,
    letGoUntil: (count) => {
      letGo();
      return holdAfter(count);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A side that breaks off breaks off the other. */
function forward(incoming: IncomingMessage, body: PassThrough, outgoing: ServerResponse, realUrl: string): void {
  const { host: _host, connection: _connection, ...headers } = incoming.headers;
  const call = request(new URL(incoming.url ?? "/", realUrl), { method: incoming.method, headers });
  call.on("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.on("error", () => outgoing.destroy()).pipe(outgoing);
  });
  call.on("error", () => outgoing.destroy());
  incoming.on("error", () => call.destroy());
  outgoing.on("close", () => call.destroy());
  body.pipe(call);
}
