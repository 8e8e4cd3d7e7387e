import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newId } from "@afterkeep/bytes";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Call } from "../context/call.ts";
import { operations as allOperations } from "../operations/index.ts";
import type { Services } from "../services.ts";
import { admit, applyCookies } from "./call-of.ts";
import { requireOwnPage } from "./credentials.ts";
import { parseJsonBody } from "./json-body.ts";
import { notServed } from "./not-found.ts";
import { addOpenApi } from "./openapi.ts";
import { malformedAddress, problemOf, sendProblem } from "./problems.ts";
import { type FilterMode, filterAnswer } from "./response-filter.ts";
import { registerRoutes, requireSameNames, type RouteServer } from "./route-table.ts";
import { addSecurityHeaders, securityHeaders } from "./security-headers.ts";
import { serveWebApp } from "./web-app.ts";

export type AppOptions = {
  services: Services;
  /** What happens to fields of an answer that its schema does not name. */
  filter: FilterMode;
  /** The folder of the built web bundle. */
  webDist?: string | undefined;
  /** Proxies (addresses, networks) whose word on who asks is taken; of anybody else it is ignored. */
  trustedProxies: readonly string[];
};

/** The public server, ready to listen. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { services } = options;
  requireSameNames(Object.keys(allOperations));
  const app = Fastify({
    logger: false,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    exposeHeadRoutes: false,
    bodyLimit: 65_536,
    routerOptions: { maxParamLength: 256 },
    genReqId: () => newId(services.realClock.nowMs()),
    // Hooks do not run for what the router cannot read, so this answer gets its headers here.
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders(services.publicUrl)).header("x-request-id", request.id);
      void sendProblem(services.logger, error, request, reply);
    },
    clientErrorHandler: (_error, socket) => refuseRaw(socket),
    return503OnClosing: false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(({ schema }) => (answer) => {
    if (!(schema instanceof z.ZodType)) throw new Error("a response schema is not one of ours");
    return JSON.stringify(filterAnswer(schema, answer, options.filter));
  });
  app.setErrorHandler((error, request, reply) => sendProblem(services.logger, error, request, reply));
  addSecurityHeaders(app, services.publicUrl);
  addAccessLog(app, services);
  await app.register(fastifyCookie);
  await addOpenApi(app);
  addBodies(app);
  await app.register(async (scope) => {
    registerRoutes(scope, routeServer(services));
    scope.get("/v1/openapi.json", { schema: { hide: true } }, async () => app.swagger());
  });
  const page = await serveWebApp(app, options.webDist);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    return page(request, reply) ?? sendProblem(services.logger, notServed(path), request, reply);
  });
  await app.ready();
  return app;
}

function routeServer(services: Services): RouteServer {
  const { origin } = new URL(services.publicUrl);
  return {
    admit: (name, request) => admit(services, name, request),
    // Input and actor were checked against this very route's schemas and rule, which the types cannot see through a table.
    run: (name, call, input) => (allOperations[name] as (call: Call, input: unknown) => Promise<unknown>)(call, input),
    finish: applyCookies,
    requireOwnPage: (request) => requireOwnPage(request, origin),
  };
}

function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(Buffer.from(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error("unreadable body"));
    }
  });
  // Why untouched: an object of a gigabyte goes from the socket to the disk, never into memory.
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
}

function addAccessLog(app: FastifyInstance, services: Services): void {
  app.addHook("onResponse", async (request, reply) => {
    services.logger.info({
      event: "answered",
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? "",
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    });
  });
}

// What is not even HTTP: no request, so no route and no headers of ours but the ones written here.
function refuseRaw(socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const { status, body } = problemOf(malformedAddress(), "");
  const text = JSON.stringify({
    ...body,
    code: "http-malformed",
    type: "urn:afterkeep:error:http-malformed",
    detail: "This is not HTTP that we can read.",
  });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}
