import { type RouteInput, type RouteName, type RouteOutput, routes, type RouteSpec } from "@afterkeep/contracts";
import type { Stack } from "../stack/a-stack.ts";

type Answer<Name extends RouteName> = RouteOutput<(typeof routes)[Name]>;
type BodyRoute = "beginDocument" | "commitManifest";
type Sent<Name extends BodyRoute> = RouteInput<(typeof routes)[Name]> extends { body: infer Body } ? Body : never;
type Change = (answer: never, send: { readonly url: string }) => unknown;

/** A server between a client and the real zones, which changes answers as it likes and remembers what it was sent. */
export type HostileServer = {
  readonly fetch: typeof fetch;
  /** Routes called since the last `honest`. */
  readonly called: RouteName[];
  /** Bytes of sealed objects that were sent since the last `honest`. */
  payloadBytes(): number;
  /** Changes every answer of a route, later where it is a promise; throw to answer nothing at all. */
  change<Name extends RouteName>(name: Name, change: (answer: Answer<Name>) => unknown): void;
  /** Answers a route with a refusal instead of asking the real zones. */
  refuse(name: RouteName, status: number, code: string): void;
  /** Answers a route as it was answered once, instead of asking the real zones. */
  playBack<Name extends RouteName>(name: Name, answer: Answer<Name>): void;
  /** Answers bytes instead of those of the store. */
  changeBytes(change: (bytes: Uint8Array) => Uint8Array): void;
  /** The bodies that a route was sent since the last `honest`. */
  sent<Name extends BodyRoute>(name: Name): Sent<Name>[];
  /** The last answer of a route, as the real zones gave it. */
  last<Name extends RouteName>(name: Name): Answer<Name>;
  honest(): void;
};

export function aHostileServer(stack: Stack): HostileServer {
  const changes = new Map<RouteName, Change>();
  const unasked = new Map<RouteName, Response>();
  const answers = new Map<RouteName, unknown>();
  const called: RouteName[] = [];
  const bodies: { readonly name: RouteName; readonly body: string }[] = [];
  let payloadBytes = 0;
  let changeBytes: ((bytes: Uint8Array) => Uint8Array) | null = null;
  const send: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const name = routeOf(init.method ?? "GET", url.pathname);
    called.push(name);
    if (typeof init.body === "string") bodies.push({ name, body: init.body });
    if (name === "putPart") payloadBytes += (await new Response(init.body).arrayBuffer()).byteLength;
    const ready = unasked.get(name);
    if (ready !== undefined) return ready.clone();
    const real = await inject(stack, url, init);
    const isJson = (real.headers.get("content-type") ?? "").includes("json");
    if (!isJson)
      return changeBytes === null ? real : changed(real, changeBytes(new Uint8Array(await real.arrayBuffer())));
    const answer: unknown = await real.json();
    if (real.ok) answers.set(name, answer);
    const change = changes.get(name);
    const said =
      real.ok && change !== undefined ? await change(structuredClone(answer) as never, { url: url.href }) : answer;
    return changed(real, JSON.stringify(said));
  };
  return {
    fetch: send,
    called,
    payloadBytes: () => payloadBytes,
    change: (name, change) => void changes.set(name, change as Change),
    refuse: (name, status, code) => void unasked.set(name, problemOf(status, code)),
    playBack: (name, answer) => void unasked.set(name, Response.json(answer)),
    changeBytes: (change) => void (changeBytes = change),
    sent: <Name extends BodyRoute>(wanted: Name) =>
      bodies.flatMap(({ name, body }): Sent<Name>[] => (name === wanted ? [JSON.parse(body)] : [])),
    last: <Name extends RouteName>(name: Name) => structuredClone(answers.get(name)) as Answer<Name>,
    honest: () => {
      changes.clear();
      unasked.clear();
      changeBytes = null;
      called.length = 0;
      bodies.length = 0;
      payloadBytes = 0;
    },
  };
}

function problemOf(status: number, code: string): Response {
  const words = { title: code, detail: "The server said no.", next: "", requestId: "1" };
  return new Response(JSON.stringify({ type: `urn:afterkeep:error:${code}`, status, code, ...words }), { status });
}

function changed(real: Response, body: string | Uint8Array): Response {
  return new Response(typeof body === "string" ? body : new Uint8Array(body), {
    status: real.status,
    headers: { "content-type": "application/json" },
  });
}

async function inject(stack: Stack, url: URL, init: RequestInit): Promise<Response> {
  const payload =
    init.body === undefined || init.body === null
      ? undefined
      : Buffer.from(await new Response(init.body).arrayBuffer());
  const answer = await stack.api.app.inject({
    method: (init.method ?? "GET") as RouteSpec["method"],
    url: url.pathname + url.search,
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(payload === undefined ? {} : { payload }),
  });
  const headers = { "content-type": String(answer.headers["content-type"]) };
  return new Response(new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers });
}

function routeOf(method: string, path: string): RouteName {
  for (const [name, spec] of Object.entries(routes) as [RouteName, RouteSpec][]) {
    const pattern = new RegExp(`^${spec.path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`);
    if (spec.method === method && pattern.test(path)) return name;
  }
  throw new Error(`no route for ${method} ${path}`);
}
