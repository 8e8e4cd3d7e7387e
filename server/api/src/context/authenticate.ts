import { inTenant } from "@afterkeep/platform";
import { hashToken } from "../access/secret-token.ts";
import type { Services } from "../services.ts";
import { type FoundSession, findSession } from "../storage/lookups.ts";
import { touchSession } from "../storage/sessions.ts";
import type { Actor } from "./actor.ts";

const touchEveryMs = 60_000;
const nobody: Actor = { kind: "nobody" };

/** Whose living session a token is. A cookie's token is no bearer token and the other way round. */
export async function authenticate(services: Services, token: string, from: "bearer" | "cookie"): Promise<Actor> {
  const hash = hashToken(token);
  const session = await findSession(services.db, hash);
  const now = services.realClock.nowMs();
  if (session === null || session.channel !== from || hasEnded(session, now)) return nobody;
  if (now - session.seen_at >= touchEveryMs)
    await inTenant(services.db, { tenant: session.tenant, actor: null }, (tx) => touchSession(tx, hash, now));
  return actorOf(session, hash);
}

function hasEnded(session: FoundSession, now: number): boolean {
  return now >= session.absolute_expiry || now >= session.seen_at + session.idle_ms;
}

function actorOf({ tenant, channel, recipient }: FoundSession, sessionHash: Buffer): Actor {
  const common = { tenant, sessionHash, channel };
  return recipient === null ? { kind: "owner", ...common } : { kind: "recipient", recipient, ...common };
}
