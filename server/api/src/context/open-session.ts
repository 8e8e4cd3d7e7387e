import { makeToken } from "../access/secret-token.ts";
import { insertSession } from "../storage/sessions.ts";
import type { Call, Tx } from "./call.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// Real time. A browser is left open on other people's tables; the CLI's token lies in a file that only its owner reads.
const lifetimes = {
  owner: {
    cookie: { idleMs: 30 * minute, absoluteMs: 12 * hour },
    bearer: { idleMs: 30 * day, absoluteMs: 365 * day },
  },
  recipient: { cookie: { idleMs: 2 * hour, absoluteMs: 2 * hour }, bearer: { idleMs: 2 * hour, absoluteMs: 2 * hour } },
} as const;

export type SessionWish = { tenant: string; recipient: string | null; channel: "cookie" | "bearer" };

/**
 * Opens a session in the caller's transaction. A cookie's token goes to http alone and the answer carries an empty one, so that
 * script never sees it.
 */
export async function openSession(
  call: Call,
  tx: Tx,
  wish: SessionWish,
): Promise<{ token: string; absoluteExpiry: number }> {
  const kind = wish.recipient === null ? "owner" : "recipient";
  const { token, hash } = makeToken();
  const now = call.services.realClock.nowMs();
  const { idleMs, absoluteMs } = lifetimes[kind][wish.channel];
  await insertSession(tx, {
    token_hash: hash,
    tenant: wish.tenant,
    kind,
    channel: wish.channel,
    recipient: wish.recipient,
    created_at: now,
    seen_at: now,
    idle_ms: idleMs,
    absolute_expiry: now + absoluteMs,
  });
  if (wish.channel === "cookie") call.cookies.set.push({ kind, token });
  return { token: wish.channel === "cookie" ? "" : token, absoluteExpiry: now + absoluteMs };
}
