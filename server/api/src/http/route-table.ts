import { Readable } from "node:stream";
import { type RouteName, routes, type RouteSpec } from "@afterkeep/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { z } from "zod";
import type { Call } from "../context/call.ts";
import type { ObjectAnswer } from "../objects/object-answer.ts";
import { byteRangeOf } from "./byte-range.ts";
import { HttpError, malformed } from "./http-error.ts";

/** How one route is served: `admit` sees the head of a request, `run` the whole of it. */
export type RouteServer = {
  admit(name: RouteName, request: FastifyRequest): Promise<Call>;
  run(name: RouteName, call: Call, input: unknown): Promise<unknown>;
  /** After the operation: cookies. */
  finish(call: Call, reply: FastifyReply): void;
  /** A cookie session is only given to our own page. */
  requireOwnPage(request: FastifyRequest): void;
};

const smallBody = 65_536;

/** Throws unless operations and routes are the same names: a route without an operation, or the other way round, is not started. */
export function requireSameNames(operationNames: readonly string[]): void {
  const missing = Object.keys(routes).filter((name) => !operationNames.includes(name));
  const extra = operationNames.filter((name) => !Object.hasOwn(routes, name));
  if (missing.length + extra.length > 0)
    throw new Error(
      `routes without operation: ${missing.join(", ") || "none"}; operations without route: ${extra.join(", ") || "none"}`,
    );
}

/** Every route of the contract, in its order. */
export function registerRoutes(app: FastifyInstance, server: RouteServer): void {
  for (const [name, spec] of Object.entries(routes) as [RouteName, RouteSpec][]) registerRoute(app, server, name, spec);
}

function registerRoute(app: FastifyInstance, server: RouteServer, name: RouteName, spec: RouteSpec): void {
  const calls = new WeakMap<FastifyRequest, Call>();
  app.route({
    method: spec.method,
    url: spec.path,
    schema: schemaOf(name, spec),
    config: { name },
    bodyLimit: spec.bodyLimit ?? smallBody,
    onRequest: async (request) => {
      requireMediaType(request, spec);
      calls.set(request, await server.admit(name, request));
    },
    handler: async (request, reply) => {
      const call = calls.get(request);
      if (call === undefined) throw new Error("a request was not admitted");
      if (asksForCookie(request.body)) server.requireOwnPage(request);
      if (spec.body === undefined) requireNoBody(request.body);
      const answer = await server.run(name, call, inputOf(request, spec));
      server.finish(call, reply);
      return spec.response === "bytes"
        ? sendObject(answer as ObjectAnswer, request, reply)
        : reply.code(spec.status).send(answer);
    },
  });
}

function schemaOf(name: RouteName, spec: RouteSpec): FastifySchema & { operationId: string; summary: string } {
  return {
    operationId: name,
    summary: spec.summary,
    params: spec.params ?? z.strictObject({}),
    querystring: spec.query ?? z.strictObject({}),
    ...(spec.headers === undefined ? {} : { headers: spec.headers }),
    ...(spec.body === undefined || spec.body === "bytes" ? {} : { body: spec.body }),
    ...(spec.response === "bytes" ? {} : { response: { [spec.status]: spec.response } }),
  };
}

function inputOf(request: FastifyRequest, spec: RouteSpec): unknown {
  const headers = spec.headers === undefined ? {} : { headers: request.headers };
  const input = { params: request.params, query: request.query, body: request.body, ...headers };
  if (spec.body !== "bytes") return input;
  const announced = request.headers["content-length"];
  return {
    ...input,
    body: request.body ?? Readable.from([]),
    announcedLength: announced === undefined ? null : Number(announced),
  };
}

function requireMediaType(request: FastifyRequest, spec: RouteSpec): void {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  const wanted = spec.body === "bytes" ? "application/octet-stream" : "application/json";
  if (type === wanted || (type === undefined && spec.body === undefined)) return;
  if (request.method === "GET" && !hasBody(request)) return;
  throw new HttpError(415, "media-type-unsupported", `This call takes ${wanted}.`, `Send it as ${wanted}.`);
}

function hasBody(request: FastifyRequest): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

function requireNoBody(body: unknown): void {
  if (body === undefined || body === null) return;
  if (typeof body === "object" && Object.keys(body).length === 0) return;
  throw malformed("body-unexpected", "This call takes no body.", "Send it without one.");
}

function asksForCookie(body: unknown): boolean {
  return typeof body === "object" && body !== null && "channel" in body && body.channel === "cookie";
}

function sendObject(object: ObjectAnswer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { start, end, isPartial } = byteRangeOf(request.headers.range, object.length);
  return reply
    .code(isPartial ? 206 : 200)
    .headers({
      "content-type": "application/octet-stream",
      "content-length": end - start + 1,
      "content-disposition": "attachment",
      "accept-ranges": "bytes",
      etag: `"${object.sha256.toString("base64url")}"`,
      ...(isPartial ? { "content-range": `bytes ${start}-${end}/${object.length}` } : {}),
    })
    .send(object.open(start, end));
}
