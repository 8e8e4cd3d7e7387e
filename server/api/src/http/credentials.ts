import { ForbiddenError } from "@afterkeep/platform";
import type { FastifyRequest } from "fastify";

export const cookieNames = { owner: "__Host-ak", recipient: "__Host-ak-r" } as const;
export type Credential = { token: string; from: "bearer" | "cookie" };

/** The token that a request carries for a kind of session; null when it carries none that could be one. */
export function credentialOf(request: FastifyRequest, kind: "owner" | "recipient"): Credential | null {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(header)?.[1];
    return token === undefined ? null : { token, from: "bearer" };
  }
  const cookie = request.cookies[cookieNames[kind]];
  return cookie !== undefined && /^[A-Za-z0-9_-]{43}$/.test(cookie) ? { token: cookie, from: "cookie" } : null;
}

/**
 * A browser sends cookies by itself, so a call that rests on one must show that our own page made it: a header that no foreign
 * page may set, and our origin wherever the browser states one (it states none on a same-origin GET).
 */
export function requireOwnPage(request: FastifyRequest, publicOrigin: string): void {
  const { origin } = request.headers;
  const mayLackOrigin = request.method === "GET" && origin === undefined;
  if (request.headers["x-afterkeep"] === "1" && (mayLackOrigin || origin === publicOrigin)) return;
  throw new ForbiddenError("foreign-origin", "This call did not come from this server's own page.", {
    next: `Open ${publicOrigin} and try again there.`,
  });
}
