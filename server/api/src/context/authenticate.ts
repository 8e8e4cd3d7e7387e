import { inTenant } from "@afterkeep/platform";
import { hashToken } from "../access/secret-token.ts";
import type { Services } from "../services.ts";
import { findSession } from "../storage/lookups.ts";
import { readSession, type SessionRow, touchSession } from "../storage/sessions.ts";
import type { Actor } from "./actor.ts";

const touchEveryMs = 60_000;
const nobody: Actor = { kind: "nobody" };

/** Whose living session a token is. A cookie's token is no bearer token and the other way round. */
export async function authenticate(services: Services, token: string, from: "bearer" | "cookie"): Promise<Actor> {
  const hash = hashToken(token);
  const tenant = await findSession(services.db, hash);
  if (tenant === null) return nobody;
  return inTenant(services.db, { tenant, actor: null }, async (tx) => {
    const session = await readSession(tx, hash);
    const now = services.realClock.nowMs();
    if (session === null || session.channel !== from || hasEnded(session, now)) return nobody;
    if (now - session.seen_at >= touchEveryMs) await touchSession(tx, hash, now);
    return actorOf(session);
  });
}

function hasEnded(session: SessionRow, now: number): boolean {
  return now >= session.absolute_expiry || now >= session.seen_at + session.idle_ms;
}

function actorOf(session: SessionRow): Actor {
  const common = { tenant: session.tenant, sessionHash: session.token_hash, channel: session.channel };
  if (session.recipient === null) return { kind: "owner", ...common };
  return { kind: "recipient", recipient: session.recipient, ...common };
}
