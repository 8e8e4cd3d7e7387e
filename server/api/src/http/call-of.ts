import { isIP } from "node:net";
import { type RouteName, routes } from "@afterkeep/contracts";
import type { IpClass } from "@afterkeep/platform";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../context/actor.ts";
import { authenticate } from "../context/authenticate.ts";
import type { Call } from "../context/call.ts";
import { notSignedIn, requireMay } from "../policy/may.ts";
import type { Services } from "../services.ts";
import { networkAddressOf, plainAddressOf } from "./network-address.ts";
import { cookieNames, credentialOf, requireOwnPage } from "./credentials.ts";

/**
 * Calls without a session, counted by kind. Why apart: a flood at one door must not close the others, least of all the check-in.
 * Check-ins by a device and their challenges rest on a session and are not counted.
 */
const countedAs: Partial<Record<RouteName, string>> = {
  beginAccount: "sign-up",
  finishAccount: "sign-up",
  verifyEmail: "sign-up",
  beginSession: "sign-in",
  finishSession: "sign-in",
  checkInByToken: "check-in",
  delegateChallenge: "delegate-challenge",
  checkInByDelegate: "delegate-check-in",
  openLink: "open-link",
  sendLink: "send-link",
  orderFreeze: "freeze",
};

/** Who asks and whether they may, before a byte of the body is read. */
export async function admit(services: Services, name: RouteName, request: FastifyRequest): Promise<Call> {
  const { auth } = routes[name];
  const address = networkAddressOf(request.ip);
  const kind = countedAs[name];
  if (kind !== undefined) services.rateLimiter.take(`${kind}:${address}`, services.limits.perAddress);
  const actor = auth === "none" ? ({ kind: "nobody" } as const) : await actorOf(services, auth, request);
  if (auth !== "none") {
    if (actor.kind === "nobody") throw notSignedIn();
    requireMay(actor, name, {
      tenant: actor.tenant,
      ...(actor.kind === "recipient" ? { recipient: actor.recipient } : {}),
    });
  }
  return {
    services,
    actor,
    requestId: request.id,
    address,
    ipClass: ipClassOf(request.ip),
    cookies: { set: [], clear: [] },
  };
}

async function actorOf(services: Services, auth: "owner" | "recipient", request: FastifyRequest): Promise<Actor> {
  const credential = credentialOf(request, auth);
  if (credential === null) return { kind: "nobody" };
  if (credential.from === "cookie") requireOwnPage(request, new URL(services.publicUrl).origin);
  return authenticate(services, credential.token, credential.from);
}

/** Sets and clears what an operation asked for. No Max-Age: a browser that is closed has forgotten. */
export function applyCookies(call: Call, reply: FastifyReply): void {
  const attributes = { secure: true, httpOnly: true, sameSite: "strict", path: "/" } as const;
  for (const { kind, token } of call.cookies.set) reply.setCookie(cookieNames[kind], token, attributes);
  for (const kind of call.cookies.clear) reply.clearCookie(cookieNames[kind], attributes);
}

function ipClassOf(address: string): IpClass {
  const plain = plainAddressOf(address);
  if (plain === "::1" || plain.startsWith("127.")) return "loopback";
  const isPrivate =
    isIP(plain) === 4 ? /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(plain) : /^f[cde]/i.test(plain);
  return isPrivate ? "private" : "public";
}
