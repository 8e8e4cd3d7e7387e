import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type RouteName, routes, type RouteSpec } from "@afterkeep/contracts";

/** One call as it went by: what was asked, and what the real api answered. */
export type Exchange = {
  readonly route: RouteName | null;
  readonly method: string;
  readonly path: string;
  readonly sent: Buffer;
  readonly status: number;
  readonly type: string;
  readonly answer: Buffer;
};
export type Lie = { readonly status?: number; readonly answer: Buffer | string } | "silence" | null;
/** Gets the honest exchange; answers what the client is told instead, or null for the truth. */
export type Tamper = (exchange: Exchange) => Lie | Promise<Lie>;
/** Lies by route. `lose`: routes whose requests never reach the real api. */
export type Plan = {
  readonly lies?: Readonly<Partial<Record<RouteName, Tamper>>>;
  readonly lose?: readonly RouteName[];
};

/** An api of the attacker's in front of the real one: over real HTTP, it sees everything and answers what it likes. */
export type HostileApi = {
  readonly url: string;
  /** Everything that ever went by, oldest first. */
  readonly seen: readonly Exchange[];
  /** Follows a plan while `work` runs, and answers with the routes that were asked meanwhile. */
  during<T>(plan: Plan, work: () => Promise<T>): Promise<{ result: T; asked: (RouteName | null)[] }>;
  close(): Promise<void>;
};

export async function aHostileApi(realUrl: string): Promise<HostileApi> {
  const seen: Exchange[] = [];
  let plan: Plan = {};
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing, realUrl, seen, () => plan).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    during: async (next, work) => {
      const before = seen.length;
      plan = next;
      try {
        const result = await work();
        return { result, asked: seen.slice(before).map(({ route }) => route) };
      } finally {
        plan = {};
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  realUrl: string,
  seen: Exchange[],
  planNow: () => Plan,
): Promise<void> {
  const plan = planNow();
  const asked = { method: incoming.method ?? "GET", path: incoming.url ?? "/", sent: await collect(incoming) };
  const route = routeOf(asked.method, asked.path);
  if (route !== null && plan.lose?.includes(route) === true) {
    seen.push({ route, ...asked, status: 0, type: "", answer: Buffer.alloc(0) });
    outgoing.destroy();
    return;
  }
  const real = await ask(realUrl, incoming, asked);
  const exchange = { route, ...asked, ...real };
  seen.push(exchange);
  const lie = route === null ? null : ((await plan.lies?.[route]?.(exchange)) ?? null);
  if (lie === "silence") return void outgoing.destroy();
  const answer = lie === null ? real.answer : Buffer.from(lie.answer);
  outgoing.writeHead(lie?.status ?? real.status, { "content-type": real.type, "content-length": answer.length });
  outgoing.end(answer);
}

async function ask(
  realUrl: string,
  incoming: IncomingMessage,
  asked: { readonly path: string; readonly sent: Buffer },
): Promise<{ status: number; type: string; answer: Buffer }> {
  const { host: _host, connection: _connection, "transfer-encoding": _encoding, ...headers } = incoming.headers;
  const call = request(new URL(asked.path, realUrl), {
    method: incoming.method,
    headers: { ...headers, "content-length": asked.sent.length },
  });
  call.end(asked.sent);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const { statusCode, headers: said } = response;
  return { status: statusCode ?? 500, type: said["content-type"] ?? "", answer: await collect(response) };
}

async function collect(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function routeOf(method: string, path: string): RouteName | null {
  const { pathname } = new URL(path, "http://api.invalid");
  const found = (Object.entries(routes) as [RouteName, RouteSpec][]).find(([, spec]) => {
    const pattern = new RegExp(`^${spec.path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`);
    return spec.method === method && pattern.test(pathname);
  });
  return found?.[0] ?? null;
}

export function jsonOf<T>(bytes: Buffer): T {
  return JSON.parse(bytes.toString("utf8")) as T;
}

/** A lie that changes the JSON of an honest answer. */
export function lying<T>(change: (answer: T, exchange: Exchange) => unknown): Tamper {
  return (exchange) => {
    if (exchange.status >= 400) return null;
    return { answer: JSON.stringify(change(jsonOf<T>(exchange.answer), exchange)) };
  };
}

/** The honest answers of a route so far, oldest first. */
export function answersOf<T>(api: HostileApi, route: RouteName): T[] {
  return api.seen
    .filter((one) => one.route === route && one.status < 300 && one.status > 0)
    .map(({ answer }) => jsonOf<T>(answer));
}
