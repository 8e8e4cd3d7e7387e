import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Logger } from "@afterkeep/platform";
import { renderList, renderMessage, renderPage } from "./mailbox-page.ts";
import type { MessageStore } from "./message-store.ts";

type Answer = { status: number; type: string; body: string | Buffer };

/** Serves the page and its JSON on 127.0.0.1. */
export async function serveMailbox(options: {
  port: number;
  store: MessageStore;
  logger: Logger;
}): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(options.store, request)
      .catch((err: unknown) => {
        options.logger.error({ event: "mailbox-error", err });
        return { status: 500, type: "text/plain; charset=utf-8", body: "The mailbox could not read its mails." };
      })
      .then(
        (found) => send(response, found),
        (err: unknown) => options.logger.error({ event: "mailbox-error", err }),
      );
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(store: MessageStore, request: IncomingMessage): Promise<Answer> {
  // Why: a page of the web could point a name of its own at 127.0.0.1 and read the mails through the browser (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? "")) return notFound();
  if (request.method !== "GET" && request.method !== "HEAD") return notFound();
  const url = new URL(request.url ?? "/", "http://localhost");
  const to = url.searchParams.get("to") || undefined;
  if (url.pathname === "/") return html(200, renderList(store.list(to), to));
  if (url.pathname === "/messages.json") return json({ messages: store.list(to) });
  const [, id = "", extension] = /^\/messages\/([0-9a-z-]+)(\.eml)?$/.exec(url.pathname) ?? [];
  if (extension !== undefined) return original(await store.readRaw(id));
  const message = store.find(id);
  return message === null ? notFound() : html(200, renderMessage(message));
}

function original(raw: Buffer | null): Answer {
  // Why plain text: a browser must show the source and never act on it.
  return raw === null ? notFound() : { status: 200, type: "text/plain; charset=utf-8", body: raw };
}

function json(value: unknown): Answer {
  return { status: 200, type: "application/json", body: JSON.stringify(value) };
}

function html(status: number, body: string): Answer {
  return { status, type: "text/html; charset=utf-8", body };
}

function notFound(): Answer {
  return html(404, renderPage("Not here", `<h1>There is no such mail.</h1><p><a href="/">All mails</a></p>`));
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(body);
}
