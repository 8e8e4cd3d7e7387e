import { problem, type RouteName, routes, type RouteSpec } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import { type Answer, type Asked, type Stack, withStack } from "../stack/a-stack.ts";
import { freshId } from "../stack/an-owner.ts";
import { aWorld, validRequests, type ValidRequest, type World } from "../stack/a-world.ts";

/** One way in which a request can be wrong, and the statuses that say so. */
type Wrong = { what: string; asked: Asked; wanted: readonly number[] };

const names = Object.keys(routes) as RouteName[];
const specOf = (name: RouteName): RouteSpec => routes[name];

function tokenFor(world: World, name: RouteName): { token?: string } {
  const { auth } = routes[name];
  return auth === "none" ? {} : { token: auth === "owner" ? world.owner.token : world.recipient.token };
}

function pathOf(name: RouteName, params: Record<string, string> = {}): string {
  return Object.entries(params).reduce((url, [key, value]) => url.replace(`:${key}`, value), String(specOf(name).path));
}

function* badBodies(
  name: RouteName,
  valid: ValidRequest,
): Generator<{ what: string; body: unknown; wanted: readonly number[]; headers?: Record<string, string> }> {
  const json = { "content-type": "application/json" };
  const limit = specOf(name).bodyLimit ?? 65_536;
  yield { what: "no body", body: "", wanted: [400], headers: json };
  yield { what: "broken JSON", body: '{"a":', wanted: [400], headers: json };
  yield {
    what: "bad UTF-8",
    body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    wanted: [400],
    headers: json,
  };
  yield { what: "a lone surrogate", body: '{"a":"\\ud800"}', wanted: [400], headers: json };
  yield { what: "a poisoned prototype", body: '{"__proto__":{"a":1}}', wanted: [400], headers: json };
  yield { what: "deep nesting", body: "[".repeat(30_000), wanted: [400], headers: json };
  yield {
    what: "another content type",
    body: JSON.stringify(valid.body),
    wanted: [415],
    headers: { "content-type": "text/plain" },
  };
  yield {
    what: "a form",
    body: "a=1",
    wanted: [415],
    headers: { "content-type": "application/x-www-form-urlencoded" },
  };
  yield { what: "a huge body", body: `"${"a".repeat(limit + 1)}"`, wanted: [413], headers: json };
  for (const other of [null, [], "text", 1, true])
    yield {
      what: `${JSON.stringify(other)} instead of an object`,
      body: JSON.stringify(other),
      wanted: [400],
      headers: json,
    };
  if (typeof valid.body !== "object" || valid.body === null) return;
  yield { what: "an extra field", body: { ...valid.body, extra: 1 }, wanted: [400] };
  for (const [field, value] of Object.entries(valid.body)) {
    const { [field]: _, ...rest } = valid.body as Record<string, unknown>;
    yield { what: `no ${field}`, body: rest, wanted: [400] };
    // A name is free text; nothing else of a request is.
    const texts = field === "displayName" ? ["\u0000", " ", "\u202e", "two\nlines"] : ["\u0000", " ", "*".repeat(50)];
    for (const other of [null, { a: 1 }, [1], -1, 1.5, 1e300, ...texts])
      yield { what: `${field} is ${JSON.stringify(other)}`, body: { ...rest, [field]: other }, wanted: [400] };
    if (typeof value === "string") yield { what: `${field} is a number`, body: { ...rest, [field]: 7 }, wanted: [400] };
    if (typeof value === "string" && /^[A-Za-z0-9_-]{22}$|^[A-Za-z0-9_-]{43}$/.test(value))
      yield {
        what: `${field} in a second spelling`,
        body: { ...rest, [field]: `${value.slice(0, -1)}_` },
        wanted: [400],
      };
  }
}

function* badRequests(world: World, name: RouteName, valid: ValidRequest): Generator<Wrong> {
  const spec = specOf(name);
  const url = pathOf(name, valid.params);
  const right = { method: spec.method, url, ...tokenFor(world, name) };
  yield { what: "a method that the address does not take", asked: { ...right, method: "PATCH" }, wanted: [405] };
  yield {
    what: "an unknown query",
    asked: {
      ...right,
      url: `${url}?surprise=1`,
      body: valid.body,
      ...(valid.headers ? { headers: valid.headers } : {}),
    },
    wanted: [400],
  };
  for (const key of Object.keys(valid.params ?? {})) {
    const bad = { ...right, body: valid.body, ...(valid.headers ? { headers: valid.headers } : {}) };
    const at = (value: string) => ({ ...bad, url: pathOf(name, { ...valid.params, [key]: value }) });
    yield { what: `${key} that is no id`, asked: at("x"), wanted: [400] };
    yield { what: `${key} of another length`, asked: at("A".repeat(23)), wanted: [400] };
    yield { what: `${key} far too long`, asked: at("A".repeat(400)), wanted: [400, 404, 414] };
    yield { what: `${key} with a broken escape`, asked: at("%ff%"), wanted: [400, 404] };
    yield { what: `${key} that climbs`, asked: at("..%2f..%2fetc"), wanted: [400, 404] };
    const isFound = key !== "kind" && key !== "part" && name !== "discardDocument";
    if (isFound) yield { what: `${key} that does not exist`, asked: at(freshId()), wanted: [404] };
  }
  for (const key of Object.keys(valid.query ?? {}))
    yield { what: `${key} of a wrong form`, asked: { ...right, url: `${url}?${key}=%00` }, wanted: [400] };
  if (spec.body === "bytes") {
    const sent = { ...right, body: valid.body };
    const headers = valid.headers ?? {};
    const { "content-digest": digest = "", ...without } = headers;
    yield { what: "no digest", asked: { ...sent, headers: without }, wanted: [400] };
    for (const other of ["", "sha-256", `${digest}, sha-512=:AAAA:`, `${digest.slice(0, -3)}B=:`, digest.toUpperCase()])
      yield {
        what: `the digest ${other}`,
        asked: { ...sent, headers: { ...without, "content-digest": other } },
        wanted: [400],
      };
    for (const part of ["16384", "-1", "00", "0x0", "1e0", "1"])
      yield {
        what: `the part ${part}`,
        asked: { ...sent, headers, url: pathOf(name, { ...valid.params, part }) },
        wanted: [400],
      };
    yield { what: "JSON instead of bytes", asked: { ...right, body: { a: 1 } }, wanted: [415] };
    yield {
      what: "too few bytes",
      asked: { ...right, body: Buffer.from("x"), headers },
      wanted: [400],
    };
  } else if (spec.body !== undefined)
    for (const bad of badBodies(name, valid))
      yield {
        what: bad.what,
        asked: { ...right, body: bad.body, ...(bad.headers ? { headers: bad.headers } : {}) },
        wanted: bad.wanted,
      };
  else if (spec.method !== "GET")
    yield { what: "a body where none is taken", asked: { ...right, body: { a: 1 } }, wanted: [400] };
  if (routes[name].auth === "none") return;
  const { token: _, ...withoutToken } = { token: "", ...right, body: valid.body };
  yield {
    what: "no session",
    asked: { ...withoutToken, ...(valid.headers ? { headers: valid.headers } : {}) },
    wanted: [401],
  };
  for (const token of ["x", "A".repeat(43), `${"A".repeat(42)}!`])
    yield {
      what: "a made-up token",
      asked: { ...right, body: valid.body, ...(valid.headers ? { headers: valid.headers } : {}), token },
      wanted: [401],
    };
}

function judge({ what, wanted }: Wrong, answer: Answer): string | null {
  const read = problem.safeParse(answer.body);
  if (!wanted.includes(answer.status)) return `${what}: ${answer.status} ${answer.text.slice(0, 200)}`;
  if (!read.success || read.data.status !== answer.status || read.data.next === "")
    return `${what}: not a problem document: ${answer.text.slice(0, 200)}`;
  if (!String(answer.headers["content-type"]).startsWith("application/problem+json"))
    return `${what}: ${String(answer.headers["content-type"])}`;
  if (read.data.requestId !== answer.headers["x-request-id"]) return `${what}: another request id`;
  return /\bat \/|node_modules|\.ts:\d|select |insert /i.test(answer.text)
    ? `${what}: shows its inside: ${answer.text.slice(0, 200)}`
    : null;
}

async function collect(stack: Stack, world: World, name: RouteName): Promise<{ wrong: string[]; asked: number }> {
  const valid = await validRequests[name](world);
  const before = await stack.rowCounts();
  const wrong: string[] = [];
  let asked = 0;
  for (const bad of badRequests(world, name, valid)) {
    asked += 1;
    const found = judge(bad, await stack.ask(bad.asked));
    if (found !== null) wrong.push(`${name}, ${found}`);
  }
  if (JSON.stringify(await stack.rowCounts()) !== JSON.stringify(before)) wrong.push(`${name}: rows changed`);
  return { wrong, asked };
}

describe("bad input of every kind, to every route", () => {
  it(
    "gets a clear problem document and changes nothing",
    () =>
      withStack(async (stack) => {
        const world = await aWorld(stack);
        const wrong: string[] = [];
        let asked = 0;
        for (const name of names) {
          const found = await collect(stack, world, name);
          wrong.push(...found.wrong);
          asked += found.asked;
        }
        expect(wrong).toEqual([]);
        expect(asked).toBeGreaterThan(1000);
      }),
    300_000,
  );

  it("is told from an address that does not exist", () =>
    withStack(async (stack) => {
      for (const url of ["/v1/nothing", "/v1", "/v1/", "/v1/accounts", "/v1/%"]) {
        const answer = await stack.ask({ method: "GET", url });
        expect([url, answer.status >= 400 && answer.status < 500, problem.safeParse(answer.body).success]).toEqual([
          url,
          true,
          true,
        ]);
      }
      const allowed = await stack.ask({ method: "PUT", url: "/v1/sessions/begin" });
      expect([allowed.status, allowed.headers["allow"]]).toEqual([405, "POST"]);
    }));
});
