import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { TLSSocket } from "node:tls";

/** Without a byte in either direction, as long as Node's `fetch` waits. */
const silentMs = 300_000;
/** Until there is a connection, over TLS its handshake included; likewise. */
const connectMs = 10_000;
/** Bytes that are written at once. Why not all: over TLS a line that is slow but alive looks silent until the whole of a write is gone. */
const writtenBytes = 2 ** 18;
const redirects = [301, 302, 303, 307, 308];

/**
 * `fetch` that sends bytes as they lie in memory.
 * Why: Node's own clones every body of bytes (the Fetch Standard's "extract a body"), so that each part on its way would lie in memory twice; and a
 * stream of them costs more of the processor than sealing does. Redirects of such calls are refused.
 */
export const leanFetch: typeof fetch = (input, init) => {
  const body = init?.body;
  if (!(body instanceof Uint8Array) || input instanceof Request) return fetch(input, init);
  return sendBytes(new URL(input), init ?? {}, body);
};

/** Settles only when nothing reads the bytes any more: they may be other ones the moment after. */
async function sendBytes(url: URL, init: RequestInit, body: Uint8Array): Promise<Response> {
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    method: init.method ?? "GET",
    headers: { ...Object.fromEntries(new Headers(init.headers)), "content-length": String(body.length) },
    timeout: silentMs,
    ...(init.signal ? { signal: init.signal } : {}),
  });
  const answered = new Promise<Response>((resolve, reject) => {
    request.on("timeout", () => request.destroy(new TypeError("nothing came for five minutes")));
    request.on("response", (message) => resolve(readAnswer(message)));
    request.on("error", reject);
    // Why too: an answer that would lead to another protocol ends without an error.
    request.on("close", () => reject(new TypeError("the connection was closed before it answered")));
  });
  limitConnecting(request);
  void writeBytes(request, body);
  try {
    return await answered;
  } catch (error) {
    request.destroy();
    throw init.signal?.aborted === true ? init.signal.reason : error;
  } finally {
    // Answered before all was sent: the rest is not wanted.
    if (!request.writableFinished) request.destroy();
  }
}

function limitConnecting(request: ClientRequest): void {
  request.on("socket", (socket) => {
    if (!socket.connecting) return;
    const fail = () => void request.destroy(new TypeError("no connection within ten seconds"));
    const timer = setTimeout(fail, connectMs);
    const over = () => clearTimeout(timer);
    socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", over);
    request.once("close", over);
  });
}

/** Until all is written or nobody wants it any more. */
async function writeBytes(request: ClientRequest, bytes: Uint8Array): Promise<void> {
  let goOn = (): void => undefined;
  request.on("drain", () => goOn());
  request.on("close", () => goOn());
  for (let at = 0; at < bytes.length && !request.destroyed; at += writtenBytes) {
    if (!request.write(bytes.subarray(at, at + writtenBytes))) await new Promise<void>((resolve) => (goOn = resolve));
  }
  if (!request.destroyed) request.end();
}

async function readAnswer(message: IncomingMessage): Promise<Response> {
  const status = message.statusCode ?? 0;
  if (redirects.includes(status)) throw new TypeError("the answer leads elsewhere");
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  const headers = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Response(parts.length === 0 ? null : Buffer.concat(parts), { status, headers });
}
