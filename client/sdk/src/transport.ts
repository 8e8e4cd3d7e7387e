import { type Bytes, encodeBase64 } from "@afterkeep/bytes";
import {
  problem,
  routes,
  type RouteInput,
  type RouteName,
  type RouteOutput,
  type RouteSpec,
} from "@afterkeep/contracts";
import type { z } from "zod";
import { ProblemError, RefusedError, UnavailableError } from "./errors.ts";

/** What a transport sends for proof of who calls; empty text where a cookie does it or nobody is signed in. */
export type Credentials = { readonly owner: string; readonly recipient: string };

export type TransportOptions = {
  readonly serverUrl: string;
  readonly channel: "cookie" | "bearer";
  readonly fetch: typeof fetch;
  /** Asked at every call, so that signing in or out takes effect at once. */
  readonly credentials: () => Promise<Credentials>;
};

export type PartPlace = { readonly doc: string; readonly ver: string; readonly part: number };
type InputOf<Name extends RouteName> = RouteInput<(typeof routes)[Name]>;
type OutputOf<Name extends RouteName> = RouteOutput<(typeof routes)[Name]>;
type AnyInput = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

/** Calls the public routes of the contracts, and nothing else. Answers are validated strictly: an undeclared field is refused. */
export type Transport = {
  call<Name extends RouteName>(name: Name, input: InputOf<Name>, signal?: AbortSignal): Promise<OutputOf<Name>>;
  /** Sends one part with its SHA-256 (RFC 9530). The bytes are not read any more once this resolves. */
  putPart(place: PartPlace, bytes: Bytes, sha256: Bytes, signal?: AbortSignal): Promise<OutputOf<"putPart">>;
  download(
    name: "getObject" | "getReleasedObject",
    params: Record<string, string>,
    range?: { from: number; to: number },
    signal?: AbortSignal,
  ): Promise<Response>;
};

export function createTransport(options: TransportOptions): Transport {
  const send = (spec: RouteSpec, input: AnyInput, init: RequestInit) => request(options, spec, input, init);
  return {
    async call<Name extends RouteName>(name: Name, input: InputOf<Name>, signal?: AbortSignal) {
      const spec: RouteSpec = routes[name];
      const { body, ...place } = input as AnyInput;
      const init: RequestInit = body === undefined ? {} : { body: JSON.stringify(body), headers: jsonHeaders };
      const response = await send(spec, place, withSignal(init, signal));
      return parseAnswer<OutputOf<Name>>(spec, await readJson(response));
    },
    async putPart({ doc, ver, part }, bytes, sha256, signal) {
      const spec: RouteSpec = routes.putPart;
      const digest = `sha-256=:${encodeBase64(sha256, "padded")}:`;
      const headers = { "content-type": "application/octet-stream", "content-digest": digest };
      const params = { doc, ver, part: String(part) };
      // Why bytes and no stream: browsers stream a body over HTTP/2 only, and a part that failed is sent again as it was.
      return parseAnswer(
        spec,
        await readJson(await send(spec, { params }, withSignal({ body: bytes, headers }, signal))),
      );
    },
    download(name, params, range, signal) {
      const headers: Record<string, string> =
        range === undefined ? {} : { range: `bytes=${range.from}-${range.to - 1}` };
      return send(routes[name], { params }, withSignal({ headers }, signal));
    },
  };
}

const jsonHeaders = { "content-type": "application/json" };

function withSignal(init: RequestInit, signal: AbortSignal | undefined): RequestInit {
  return signal === undefined ? init : { ...init, signal };
}

async function request(
  options: TransportOptions,
  spec: RouteSpec,
  input: AnyInput,
  init: RequestInit,
): Promise<Response> {
  const headers = new Headers(init.headers);
  // Why: a page of another site cannot set this header without a preflight that the server never grants.
  headers.set("x-afterkeep", "1");
  const credentials = await options.credentials();
  const token = spec.auth === "owner" ? credentials.owner : spec.auth === "recipient" ? credentials.recipient : "";
  if (options.channel === "bearer" && token !== "") headers.set("authorization", `Bearer ${token}`);
  const response = await fetchOrFail(options, spec, input, { ...init, headers, method: spec.method });
  // A range is answered with 206; everything else must be the declared status.
  if (response.status === spec.status || (response.status === 206 && headers.has("range"))) return response;
  throw await failureOf(response);
}

async function fetchOrFail(
  options: TransportOptions,
  spec: RouteSpec,
  input: AnyInput,
  init: RequestInit,
): Promise<Response> {
  try {
    return await options.fetch(options.serverUrl + pathOf(spec, input), {
      ...init,
      credentials: options.channel === "cookie" ? "same-origin" : "omit",
      redirect: "error",
      cache: "no-store",
    });
  } catch (error) {
    if (init.signal?.aborted === true) throw new RefusedError("cancelled", "Stopped, as you asked.", { cause: error });
    throw new UnavailableError("unreachable", `The server at ${options.serverUrl} did not answer.`, {
      next: "Check your connection and try again.",
      cause: error,
    });
  }
}

function pathOf(spec: RouteSpec, input: AnyInput): string {
  const path = spec.path.replaceAll(/:([a-z]+)/gi, (_, name: string) => {
    const value = input.params?.[name];
    return encodeURIComponent(typeof value === "string" ? value : "");
  });
  const query = Object.entries(input.query ?? {}).filter(([, value]) => value !== "" && value !== undefined);
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query.map(([k, v]) => [k, String(v)]))}`;
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw new UnavailableError("unreachable", "The connection broke off before the server's answer was whole.", {
      next: "Check your connection and try again.",
      cause: error,
    });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw answerInvalid(error);
  }
}

function parseAnswer<Output>(spec: RouteSpec, answer: unknown): Output {
  if (spec.response === "bytes") throw answerInvalid(undefined);
  const parsed = (spec.response as z.ZodType<Output>).safeParse(answer);
  if (!parsed.success) throw answerInvalid(parsed.error);
  return parsed.data;
}

function answerInvalid(cause: unknown): RefusedError {
  return new RefusedError(
    "server-answer-invalid",
    "The server's answer does not have the agreed form, so it was not used.",
    {
      next: "Check that client and server have the same version.",
      cause,
    },
  );
}

async function failureOf(response: Response): Promise<Error> {
  const retryAfterMs = retryAfterOf(response);
  const parsed = problem.safeParse(await response.json().catch(() => null));
  if (!parsed.success) {
    if (response.status >= 500)
      return new UnavailableError("unavailable", `The server failed (${response.status}).`, { retryAfterMs });
    return answerInvalid(parsed.error);
  }
  const found = parsed.data;
  if (response.status < 500) return new ProblemError({ ...found, status: response.status, retryAfterMs });
  return new UnavailableError(found.code, found.detail, { next: found.next, retryAfterMs });
}

/** Seconds only (RFC 9110 §10.2.3); a date would need a clock that agrees with the server's. */
function retryAfterOf(response: Response): number {
  const seconds = response.headers.get("retry-after") ?? "";
  return /^[0-9]{1,6}$/.test(seconds) ? Number(seconds) * 1000 : 0;
}
