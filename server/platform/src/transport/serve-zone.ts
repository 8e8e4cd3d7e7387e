import { randomUUID } from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { TLSSocket } from "node:tls";
import { ForbiddenError, InputError, InvariantError, NotFoundError, UnauthenticatedError } from "../errors/errors.ts";
import { toProblem } from "../errors/problem.ts";
import type { ZoneIdentity } from "../identity/authority.ts";
import type { Logger } from "../logging/logger.ts";
import { type ZoneName, zoneOfAltName } from "../zone/zone-names.ts";
import { readJsonBody } from "./request-body.ts";
import {
  type CallContext,
  healthMethod,
  type ParsedRequestOf,
  type ZoneContract,
  type ZoneHandler,
  type ZoneHandlers,
  type ZoneMethod,
} from "./zone-contract.ts";

/** Where a zone listens and who it is: a ZoneRuntime fits. */
export type ZonePlace = {
  name: ZoneName;
  socketPath(zone: ZoneName): string;
  identity: ZoneIdentity;
  logger?: Logger;
};
export type ServeZoneOptions<Contract extends ZoneContract> = {
  zone: ZonePlace;
  handlers: ZoneHandlers<Contract>;
  /** Default 8 MiB. */
  maxBodyBytes?: number;
};
export type ZoneServer = { close(): Promise<void> };

type Route = { method: ZoneMethod; handle: (request: unknown, context: CallContext) => Promise<unknown> };

/**
 * Serves a contract to other zones: HTTPS over a unix socket (0600), mutual TLS 1.3, JSON. Who calls is what the peer's
 * certificate says, and only the callers that a method lists are let in. Requests and answers are checked against their schemas.
 */
export async function serveZone<const Contract extends ZoneContract>(
  contract: Contract,
  options: ServeZoneOptions<Contract>,
): Promise<ZoneServer> {
  const routes = routesOf(contract, options.handlers);
  const server = createServer(
    {
      key: options.zone.identity.privateKeyPem,
      cert: options.zone.identity.certificatePem,
      ca: options.zone.identity.authorityPem,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
      keepAliveTimeout: 60_000,
      requestTimeout: 30_000,
    },
    (request, response) => {
      void answer(routes, options, request, response);
    },
  );
  await listenOnSocket(server, options.zone.socketPath(options.zone.name));
  return { close: () => closeServer(server) };
}

function routesOf<Contract extends ZoneContract>(
  contract: Contract,
  handlers: ZoneHandlers<Contract>,
): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const name in contract) {
    const method = contract[name];
    if (method !== undefined) routes.set(`/${name}`, routeOf(method, handlers[name]));
  }
  routes.set("/health", { method: healthMethod, handle: async () => ({ ok: true }) });
  return routes;
}

function routeOf<Method extends ZoneMethod>(method: Method, handler: ZoneHandler<Method>): Route {
  return {
    method,
    handle: async (request, context) => {
      const parsed = method.request.safeParse(request);
      if (!parsed.success)
        throw new InputError("invalid-request", "The request does not fit its contract.", { cause: parsed.error });
      return handler(parsed.data as ParsedRequestOf<Method>, context);
    },
  };
}

async function answer<Contract extends ZoneContract>(
  routes: Map<string, Route>,
  options: ServeZoneOptions<Contract>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  try {
    const caller = callerOf(request);
    const route = admit(routes, caller, request);
    const body = await readJsonBody(request, options.maxBodyBytes ?? 8 * 1024 * 1024);
    const result = route.method.response.safeParse(await route.handle(body, { caller, requestId }));
    if (!result.success)
      throw new InvariantError("invalid-answer", "A zone gave an answer outside its contract.", {
        cause: result.error,
      });
    send(response, 200, "application/json", result.data);
  } catch (error) {
    const { status, body } = toProblem(error, requestId);
    options.zone.logger?.[status >= 500 ? "error" : "info"]({
      requestId,
      route: request.url,
      status,
      code: body.code,
      err: error,
    });
    send(response, status, "application/problem+json", body);
  }
}

/** Why remembered: a connection's certificate does not change, and reading it takes longer than most answers. */
const callers = new WeakMap<TLSSocket, ZoneName>();

function callerOf({ socket }: IncomingMessage): ZoneName {
  const known = socket instanceof TLSSocket ? callers.get(socket) : undefined;
  if (known !== undefined) return known;
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  const caller = zoneOfAltName(certificate?.subjectAltName);
  if (caller === null || !(socket instanceof TLSSocket))
    throw new UnauthenticatedError("unknown-zone", "The caller shows no zone's certificate.");
  callers.set(socket, caller);
  return caller;
}

function admit(routes: Map<string, Route>, caller: ZoneName, request: IncomingMessage): Route {
  const route = routes.get(request.url ?? "");
  if (route === undefined || request.method !== "POST") throw new NotFoundError("no-such-method", "No such method.");
  if (!route.method.callers.includes(caller))
    throw new ForbiddenError("caller-not-allowed", `The zone ${caller} may not call this.`);
  return route;
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  // Why close after an error: the body of a refused request may not have been read to its end.
  const connection = status === 200 ? {} : { connection: "close" };
  response.writeHead(status, { "content-type": type, "content-length": bytes.length, ...connection });
  response.end(bytes);
}

async function listenOnSocket(server: Server, socketPath: string): Promise<void> {
  // Why: a socket file outlives a process that was killed, and listening on it would fail. The supervisor's lock makes sure
  // that no living process of ours holds it.
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), 3_000);
  await closed;
  clearTimeout(force);
}
