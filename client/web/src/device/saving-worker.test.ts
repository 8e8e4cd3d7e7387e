import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { RefusedError } from "@afterkeep/sdk";
import { afterEach, describe, expect, it, vi } from "vitest";
import { films, sounds } from "../words/view-of.ts";
import { answerPlayer, type Playable } from "./answer-player.ts";

const folder = join(import.meta.dirname, "../../public/saving");
const script = ["player.js", "worker.js"].map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
const piece = 2 ** 18;
const longest = 2 ** 23;
const id = "AAAAAAAAAAAAAAAAAAAAAA";
const content = Uint8Array.from({ length: 3 * piece + 1000 }, (_, at) => at >> 4);

type Handler = (event: object) => void;
type Asked = readonly [from: number, to: number];

/** Our worker as a browser runs it, among pages that play nothing but what is `played`. */
function theWorker(played: Partial<Playable> = {}, more: readonly "the same"[] = []) {
  const handlers = new Map<string, Handler>();
  const asked: Asked[] = [];
  const problems: unknown[] = [];
  const stopped: AbortSignal[] = [];
  const over: Promise<unknown>[] = [];
  const closing = new AbortController();
  const playable: Playable = {
    type: "video/mp4",
    size: content.length,
    read: async (from, to, signal) => {
      asked.push([from, to]);
      stopped.push(signal);
      return content.slice(from, to);
    },
    ...played,
  };
  const options = { closed: closing.signal, onProblem: (problem: unknown) => void problems.push(problem) };
  const playing = {
    postMessage: ({ plays }: { plays: string }, [port]: MessagePort[]) => {
      if (plays !== id || port === undefined) return;
      over.push(new Promise((resolve) => port.addEventListener("close", resolve, { once: true })));
      answerPlayer(port, playable, options);
    },
  };
  const another = { postMessage: () => undefined };
  const self = {
    skipWaiting: () => undefined,
    addEventListener: (name: string, handler: Handler) => void handlers.set(name, handler),
    clients: { matchAll: async () => [another, playing, ...more.map(() => playing)] },
  };
  compileFunction(script, ["self", "importScripts"])(self, () => undefined);
  const fetch = (path: string, { range, ...init }: { range?: string; method?: string; mode?: string } = {}) => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const headers = new Headers(range === undefined ? {} : { range });
    const request = { url: `https://vault.example/saving/${path}`, method: "GET", mode: "no-cors", headers, ...init };
    handlers.get("fetch")?.({ request, respondWith: resolve });
    return promise;
  };
  const announce = (data: object, port: MessagePort) => handlers.get("message")?.({ data, ports: [port] });
  return { fetch, announce, asked, problems, stopped, over, close: () => closing.abort() };
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const isRefused = ({ type }: Response) => type === "error";

describe("what our worker gives a player", () => {
  it.each([
    ["bytes=0-", 0, content.length],
    ["bytes=0-1", 0, 2],
    ["bytes=1000-", 1000, content.length],
    [`bytes=${content.length - 1}-`, content.length - 1, content.length],
    [`bytes=${piece - 5}-${piece + 4}`, piece - 5, piece + 5],
    [`bytes=5-${2 * content.length}`, 5, content.length],
  ])("is the range %s, exactly", async (range, from, to) => {
    const { fetch, asked } = theWorker();
    const answer = await fetch(`film/${id}/content`, { range });
    expect([answer.status, answer.headers.get("content-range"), answer.headers.get("content-length")]).toEqual([
      206,
      `bytes ${from}-${to - 1}/${content.length}`,
      String(to - from),
    ]);
    expect(Buffer.compare(await bytesOf(answer), content.subarray(from, to))).toBe(0);
    expect(asked.map(([at]) => at)).toEqual([from, ...asked.slice(0, -1).map(([, end]) => end)]);
    expect(asked.every(([at, end]) => end - at <= piece)).toBe(true);
  });

  it.each([undefined, "bytes=-5", "bytes=9-3", "bytes=0-1,5-6", "lines=1-2"])(
    "is all of it, still piece by piece, where it asks for %s",
    async (range) => {
      const { fetch, asked } = theWorker();
      const answer = await fetch(`sound/${id}/content`, range === undefined ? {} : { range });
      expect([answer.status, answer.headers.get("content-length")]).toEqual([200, String(content.length)]);
      expect(asked).toEqual([]);
      expect(Buffer.compare(await bytesOf(answer), content)).toBe(0);
      expect(asked.length).toBe(4);
    },
  );

  it("is refused behind the end", async () => {
    const answer = await theWorker().fetch(`film/${id}/content`, { range: `bytes=${content.length}-` });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, `bytes */${content.length}`]);
  });

  it("is never more than one bounded answer, of what is asked for piece by piece as it is taken, and no more once it is dropped", async () => {
    const size = 2 ** 34;
    const { fetch, asked, stopped, close } = theWorker({ size });
    const answer = await fetch(`film/${id}/content`, { range: "bytes=1000000-" });
    expect(answer.headers.get("content-range")).toBe(`bytes 1000000-${1_000_000 + longest - 1}/${size}`);
    const reader = answer.body?.getReader();
    await reader?.read();
    expect(asked).toEqual([[1_000_000, 1_000_000 + piece]]);
    await reader?.cancel();
    await vi.waitFor(() => expect(stopped[0]?.aborted).toBe(true), { timeout: 20_000 });
    expect(asked.length).toBe(1);
    close();
  });

  it.each<[string, string, Partial<Playable>, (answer: Response) => Promise<unknown> | undefined]>([
    ["was taken whole", "bytes=0-", {}, bytesOf],
    ["was taken whole without a range", "", {}, bytesOf],
    ["was dropped", "bytes=0-", {}, (answer) => answer.body?.cancel()],
    ["lies behind the end", `bytes=${content.length}-`, {}, async () => undefined],
    [
      "failed",
      "bytes=0-",
      { read: () => Promise.reject(new Error("no")) },
      (answer) => bytesOf(answer).catch(() => undefined),
    ],
    ["has a type that is not played", "bytes=0-", { type: "text/html" }, async () => undefined],
  ])("is forgotten by the page once it %s: a long film makes thousands", async (_how, range, played, take) => {
    const { fetch, over } = theWorker(played);
    await take(await fetch(`film/${id}/content`, range === "" ? {} : { range }));
    expect(over.length).toBe(1);
    await over[0];
  });

  it("comes from one page alone, and the other that plays the same forgets it too", async () => {
    const { fetch, over, asked } = theWorker({}, ["the same"]);
    await bytesOf(await fetch(`film/${id}/content`, { range: "bytes=0-9" }));
    expect([over.length, asked.length]).toEqual([2, 1]);
    await Promise.all(over);
  });

  it("has a type of the page's own list of films and sounds, which no browser runs, and is kept nowhere", async () => {
    for (const type of [...films, ...sounds]) {
      const { headers } = await theWorker({ type }).fetch(`film/${id}/content`, { range: "bytes=0-1" });
      expect([
        headers.get("content-type"),
        headers.get("x-content-type-options"),
        headers.get("cache-control"),
      ]).toEqual([type, "nosniff", "no-store"]);
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    }
    for (const type of ["text/html", "image/svg+xml", "application/pdf", "video/x-matroska", "", "text/html;video/mp4"])
      expect(isRefused(await theWorker({ type }).fetch(`film/${id}/content`))).toBe(true);
  });

  it("is an error in its middle where the page cannot verify it, and the page is told why", async () => {
    const forged = new RefusedError("document-forged", "not what its owner signed");
    const read = async (from: number) => {
      if (from > 0) throw forged;
      return content.slice(0, piece);
    };
    const { fetch, problems } = theWorker({ read });
    await expect(bytesOf(await fetch(`film/${id}/content`, { range: "bytes=0-" }))).rejects.toThrow();
    expect(problems).toEqual([null, forged]);
  });
});

describe("an address of our worker", () => {
  afterEach(() => void vi.useRealTimers());

  it("answers nobody who does not know its id, and nobody once the page ended it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { fetch, close, asked } = theWorker();
    const refused = async (path: string) => {
      const answer = fetch(path, { range: "bytes=0-" });
      await vi.advanceTimersByTimeAsync(5_000);
      return isRefused(await answer);
    };
    expect(await refused(`film/${"B".repeat(22)}/content`)).toBe(true);
    close();
    expect(await refused(`film/${id}/content`)).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each([
    [`film/${id}/content`, { mode: "navigate" }],
    [`film/${id}/content`, { method: "POST" }],
    [`film/${id}/more`, {}],
    [`film/${id}/content/`, {}],
    [`toString/${id}/`, {}],
    ["film/short/", {}],
    [id, {}],
    ["", {}],
  ])("%s gives %o nothing", async (path, init) => {
    expect(isRefused(await theWorker().fetch(path, init))).toBe(true);
  });

  it.each([
    ["film", "<video playsinline controls"],
    ["sound", "<audio controls"],
  ])("of a %s is a page with a player, without script, that only we may frame", async (kind, tag) => {
    const answer = await theWorker().fetch(`${kind}/${id}/`, { mode: "navigate" });
    const page = await answer.text();
    expect([page.includes(tag), /<script|\son\w+=|style=/.test(page)]).toEqual([true, false]);
    const style = /<style>(.*)<\/style>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(answer.headers.get("content-security-policy")).toBe(
      `default-src 'none'; media-src 'self'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
    );
    expect(answer.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it.each([
    [1234, "1234"],
    [null, null],
  ])("of a download of %s bytes is used up by its first use", async (size, length) => {
    const { fetch, announce } = theWorker();
    const { port1, port2 } = new MessageChannel();
    announce({ id, name: "Grüße.zip", size }, port2);
    const answer = await fetch(id);
    expect(answer.headers.get("content-length")).toBe(length);
    expect(answer.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.zip");
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(isRefused(await fetch(id))).toBe(true);
    port1.close();
  });
});
