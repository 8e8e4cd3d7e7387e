import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

/** Without a byte in either direction. As long as Node's `fetch` waits. */
const silentMs = 300_000;
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
  });
  request.end(body);
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
